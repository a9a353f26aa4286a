"""A case, how it came to be where it is, and what officers asked and said of it."""

import json
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from applications.states import ON_DESK, OWED, WITH_PAPER, EscalationLevel, Status
from kernel.crypto import EncryptedTextField

_NUMBER = r"^[A-Z]{2,4}-[0-9]{2}-[0-9]{8}$"


class Application(models.Model):
    """
    One citizen's case. It stays hers whoever types it, and its number is not its bill's reference.

    Phones and national numbers among the answers stand in `private_answers` only.
    """

    number = models.CharField(max_length=16, unique=True)
    service_version = models.ForeignKey(
        "catalogue.ServiceVersion", on_delete=models.PROTECT, related_name="+"
    )
    service_code = models.CharField(max_length=60)
    holder = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    # Who applies for the holder, where she is her parent or guardian.
    guardian = models.ForeignKey(
        "accounts.Person", null=True, on_delete=models.PROTECT, related_name="+"
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    contact = models.ForeignKey("accounts.ContactPoint", on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=10)
    answers = models.JSONField(default=dict)
    private_answers = EncryptedTextField(default="{}")
    status = models.CharField(max_length=24, choices=Status.choices, default=Status.DRAFT)
    held_from = models.CharField(max_length=24, blank=True, default="")
    bill = models.ForeignKey("payments.Bill", null=True, on_delete=models.PROTECT, related_name="+")
    receiving_office = models.ForeignKey(
        "places.Office", null=True, on_delete=models.PROTECT, related_name="+"
    )
    # The indexes of these two are the queues': one of all that was ever decided would be read.
    deciding_office = models.ForeignKey(
        "places.Office", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    handing_office = models.ForeignKey(
        "places.Office", null=True, on_delete=models.PROTECT, related_name="+"
    )
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    held_until = models.DateTimeField(null=True)
    cited_entry = models.ForeignKey(
        "registers.CitedEntry", null=True, on_delete=models.PROTECT, related_name="+"
    )
    paper = models.OneToOneField(
        "documents.Paper", null=True, on_delete=models.PROTECT, related_name="+"
    )
    # Until when her order to sign the paper stands; then it may be ordered again.
    signing_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    # When an office took it on paper, while there was no network: its clocks count from then.
    received_at = models.DateTimeField(null=True)
    promised_at = models.DateTimeField(null=True)
    # Orders the queues: the promise, or the submission where the service promises nothing.
    queue_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    # When whoever is above must be told that it waits, should it still; null when all are told.
    escalate_at = models.DateTimeField(null=True)
    # How far up it is known under the promise that stands, so that a list finds it.
    escalated_to = models.PositiveSmallIntegerField(null=True, choices=EscalationLevel.choices)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(number__regex=_NUMBER), name="case_number_well_formed"
            ),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="case_status_known"),
            models.CheckConstraint(
                condition=~Q(status__in=WITH_PAPER)
                | Q(cited_entry__isnull=False, paper__isnull=False, decided_at__isnull=False),
                name="approved_case_cites_an_entry",
            ),
            models.CheckConstraint(
                condition=Q(paper=None) | Q(cited_entry__isnull=False),
                name="no_paper_without_an_entry",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[Status.DRAFT, Status.WITHDRAWN])
                | Q(submitted_at__isnull=False),
                name="case_submitted_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[Status.AWAITING_PAYMENT, Status.LAPSED])
                | Q(bill__isnull=False),
                name="unpaid_case_has_a_bill",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=ON_DESK)
                | Q(deciding_office__isnull=False, queue_at__isnull=False),
                name="case_on_a_desk_has_its_place",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[Status.UNDER_REVIEW, Status.REFUSED])
                | Q(officer__isnull=False),
                name="case_under_review_has_an_officer",
            ),
            models.CheckConstraint(
                condition=(Q(status=Status.PAYMENT_HELD) & ~Q(held_from=""))
                | (~Q(status=Status.PAYMENT_HELD) & Q(held_from="")),
                name="held_case_remembers_its_state",
            ),
        ]
        indexes = [
            models.Index(fields=["holder", "-id"], name="case_of_holder"),
            models.Index(fields=["bill"], name="case_of_bill", condition=Q(bill__isnull=False)),
            models.Index(
                fields=["deciding_office", "queue_at", "id"],
                name="case_on_desk_of_office",
                condition=Q(status__in=ON_DESK),
            ),
            models.Index(
                fields=["officer", "queue_at", "id"],
                name="case_on_desk_of_officer",
                condition=Q(status__in=ON_DESK),
            ),
            models.Index(
                fields=["promised_at", "id"],
                name="case_of_office_by_promise",
                condition=Q(status__in=OWED),
            ),
            models.Index(
                fields=["escalate_at", "id"],
                name="case_to_escalate",
                condition=Q(status__in=OWED, escalate_at__isnull=False),
            ),
            models.Index(
                fields=["deciding_office", "queue_at", "id"],
                name="case_escalated",
                condition=Q(status__in=OWED, escalated_to__isnull=False),
            ),
            models.Index(
                fields=["officer", "id"],
                name="case_to_sign",
                condition=Q(status=Status.AWAITING_SIGNATURE),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def given(self) -> dict[str, Any]:
        """Return every answer by field code, the private ones too."""
        stated: dict[str, Any] = self.answers
        private: dict[str, Any] = json.loads(self.private_answers)
        return stated | private


class StatusChange(models.Model):
    """Append-only: one row a move, written with it; the first has no source."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="history")
    version = models.PositiveIntegerField()
    source = models.CharField(max_length=24, blank=True)
    target = models.CharField(max_length=24)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    # Its index is the one of an office's days.
    office = models.ForeignKey(
        "places.Office", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    note_code = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "version"], name="one_move_a_version"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="move_goes_somewhere"),
        ]
        indexes = [
            models.Index(
                fields=["office", "changed_at"],
                name="move_of_office_on_a_day",
                condition=Q(office__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.source} -> {self.target}"


class CompletionRequest(models.Model):
    """
    What the applicant must mend; closed once, by her answer.

    `asked` holds one reason code for each field code.
    """

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="completions"
    )
    asked = models.JSONField()
    note = models.CharField(max_length=500, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(answered_at=None),
                name="one_open_completion_a_case",
            ),
            models.CheckConstraint(condition=~Q(asked={}), name="completion_names_a_field"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Refusal(models.Model):
    """Append-only: why a case was refused, by the service's own list of reasons."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="refusals")
    reason_code = models.CharField(max_length=60)
    note = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason_code=""), name="refusal_gives_a_reason"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.reason_code}"
