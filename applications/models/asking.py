"""What a register is asked for a paid case, so that it may issue the paper by itself."""

from django.db import models
from django.db.models import Q

from applications.models.cases import Application


class Answer(models.TextChoices):
    """What came of it; whatever it is but `issued`, an officer decides."""

    ISSUED = "issued"
    NO_ENTRY = "no_entry"
    SEVERAL = "several"
    OTHER_PERSON = "other_person"
    DIFFERS = "differs"
    DENIES = "denies"
    SILENT = "silent"


class RegisterQuestion(models.Model):
    """
    One for each case of a service whose register answers by itself; its own queue.

    `due_at` says when it may be asked: whoever claims it moves that on first, so that a worker
    that dies, and a register that is silent, are the same to those who come after.
    """

    application = models.OneToOneField(
        Application, on_delete=models.PROTECT, related_name="register_question"
    )
    asked_at = models.DateTimeField()  # First.
    due_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    answer = models.CharField(max_length=12, choices=Answer.choices, blank=True, default="")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answer__in=["", *Answer.values]), name="question_answer_known"
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None)
                | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="question_answered_at_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="question_open", condition=Q(answer="")),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.answer}"
