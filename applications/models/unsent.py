"""What somebody typed on a page of questions and did not send by its button."""

from django.db import models
from django.db.models import Q

from applications.models.cases import Application
from applications.models.drafts import SavedDraft
from kernel.crypto import EncryptedTextField


class UnsentAnswers(models.Model):
    """
    The fields of one page as they stood when she changed the language, or left: nobody has checked
    them, and no case is made of them.

    `typed` is JSON: the texts of each field by its name. It stands with a saved draft or with a
    case that is a draft, and goes with it: the trigger `unsent_goes_with_its_draft`.
    """

    draft = models.ForeignKey(
        SavedDraft, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    application = models.ForeignKey(
        Application, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    group_code = models.CharField(max_length=60)
    typed = EncryptedTextField()
    typed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(draft=None, application__isnull=False)
                | Q(draft__isnull=False, application=None),
                name="unsent_stands_with_one_draft",
            ),
            models.UniqueConstraint(fields=["draft", "group_code"], name="unsent_once_of_a_draft"),
            models.UniqueConstraint(
                fields=["application", "group_code"], name="unsent_once_of_a_case"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
