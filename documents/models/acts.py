"""What two people decide about a paper that is out, and what a register's correction proposes."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from documents.models.papers import Paper


class ActKind(models.TextChoices):
    SUSPEND = "suspend", "Suspend"
    RESUME = "resume", "Resume"
    REVOKE = "revoke", "Revoke"
    REISSUE = "reissue", "Reissue"


class ReasonCode(models.TextChoices):
    ISSUED_IN_ERROR = "issued_in_error", "Issued in error"
    FACTS_WRONG = "facts_wrong", "The facts are wrong"
    FRAUD = "fraud", "Fraud, or suspicion of it"
    REGISTER_CORRECTED = "register_corrected", "The register was corrected"
    HOLDER_ASKED = "holder_asked", "The holder asked for it"
    COURT_ORDER = "court_order", "A court ordered it"
    CLEARED = "cleared", "Looked into: the paper is right"


class PaperAct(models.Model):
    """
    Asked by one, decided by another, once; or withdrawn by who asked. Nothing else of it changes.

    Until it is decided it has no effect. A reissue names the entry that was cited anew for it.
    """

    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="acts")
    kind = models.CharField(max_length=8, choices=ActKind.choices)
    reason = models.CharField(max_length=20, choices=ReasonCode.choices)
    note = models.TextField()
    cited_entry = models.ForeignKey(
        "registers.CitedEntry", on_delete=models.PROTECT, null=True, related_name="+"
    )
    maker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    checker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    approved = models.BooleanField(null=True)
    decided_at = models.DateTimeField(null=True)
    step_up = models.OneToOneField(
        "accounts.StepUp", on_delete=models.PROTECT, null=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=ActKind.values), name="paper_act_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(reason__in=ReasonCode.values)
                & (Q(kind=ActKind.RESUME) | ~Q(reason=ReasonCode.CLEARED)),
                name="paper_act_reason_known",
            ),
            models.CheckConstraint(condition=Q(note__regex=r"\S"), name="paper_act_says_why"),
            models.CheckConstraint(condition=~Q(checker=F("maker")), name="paper_act_two_people"),
            models.CheckConstraint(
                condition=Q(checker=None, approved=None, decided_at=None, step_up=None)
                | Q(checker__isnull=False, approved=False, decided_at__isnull=False, step_up=None)
                | Q(
                    checker__isnull=False,
                    approved=True,
                    decided_at__isnull=False,
                    step_up__isnull=False,
                ),
                name="paper_act_approved_with_a_password",
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None) | Q(decided_at__gte=F("asked_at")),
                name="paper_act_decided_after_asked",
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None) | Q(withdrawn_at=None),
                name="paper_act_decided_or_withdrawn",
            ),
            models.CheckConstraint(
                condition=Q(kind=ActKind.REISSUE, cited_entry__isnull=False)
                | (~Q(kind=ActKind.REISSUE) & Q(cited_entry=None)),
                name="paper_act_reissue_cites_anew",
            ),
            models.UniqueConstraint(
                fields=["paper", "kind"],
                condition=Q(decided_at=None, withdrawn_at=None),
                name="paper_act_waits_once",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind} paper #{self.paper_id}"


class ReissueProposal(models.Model):
    """Appended: the register has corrected what this paper rests on; the office looks at it."""

    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="proposals")
    event = models.ForeignKey("registers.RegisterEvent", on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["paper", "event"], name="reissue_proposed_once"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} paper #{self.paper_id}"
