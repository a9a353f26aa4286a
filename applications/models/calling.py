"""Whom the office calls, because a message did not arrive."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.models.cases import Application

CALL_TRIES_MAX = 3


class CallResult(models.TextChoices):
    """What became of a call. Nobody answered: it is tried again, `CALL_TRIES_MAX` times in all."""

    TOLD = "told", _("told")
    NO_ANSWER = "no_answer", _("nobody answered")
    WRONG_NUMBER = "wrong_number", _("the number is somebody else's")


class Call(models.Model):
    """
    A message about a case did not arrive: somebody of its office calls. Open while `done_at` is
    null; `by` is who called last.
    """

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="calls")
    template = models.CharField(max_length=40)  # Of the message, as notifications.wording has it.
    asked_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    tried_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=12, choices=CallResult.choices, blank=True, default="")
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application", "template"],
                condition=Q(done_at=None),
                name="call_open_once",
            ),
            models.CheckConstraint(
                condition=Q(tries=0, by=None, tried_at=None, result="", done_at=None)
                | Q(
                    tries__gt=0,
                    tries__lte=CALL_TRIES_MAX,
                    by__isnull=False,
                    tried_at__isnull=False,
                    result__in=CallResult.values,
                ),
                name="call_tried_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=False)
                | Q(result="")
                | Q(result=CallResult.NO_ANSWER, tries__lt=CALL_TRIES_MAX),
                name="call_open_while_it_is_tried",
            ),
        ]
        indexes = [
            models.Index(fields=["asked_at"], name="call_open", condition=Q(done_at=None)),
        ]

    def __str__(self) -> str:
        return f"call #{self.pk}"
