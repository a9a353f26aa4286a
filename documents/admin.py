"""Papers may be looked at by operators; what they say, and keys' places, are not shown."""

from django.contrib import admin

from documents.models import (
    Credential,
    CredentialDecision,
    CredentialRequest,
    Mandate,
    NumberSeries,
    Paper,
    PaperAct,
    PaperFile,
    PublicList,
    RevocationSnapshot,
    RevocationSource,
)
from kernel.admin import ReadOnlyAdmin


@admin.register(Paper)
class PaperAdmin(ReadOnlyAdmin):
    list_display = ["id", "number", "paper_type", "state", "office", "requested_at", "issued_at"]
    list_filter = ["state", "paper_type"]
    list_select_related = ["office"]
    search_fields = ["number"]
    # A person's facts are read on the case's page, where the reading is written down; the
    # verification code is the holder's.
    exclude = ["facts", "facts_sha256", "verification_id"]


@admin.register(PaperAct)
class PaperActAdmin(ReadOnlyAdmin):
    list_display = ["id", "paper_id", "kind", "reason", "maker_id", "checker_id", "approved"]
    list_filter = ["kind", "reason"]
    exclude = ["note"]


@admin.register(PaperFile)
class PaperFileAdmin(ReadOnlyAdmin):
    list_display = [
        "id", "paper_id", "revision", "step", "pades_level", "stamped_at", "stamp_until", "sha256",
        "size", "credential_id", "created_at",
    ]  # fmt: skip
    list_filter = ["step", "pades_level"]


@admin.register(Mandate)
class MandateAdmin(ReadOnlyAdmin):
    list_display = ["id", "officer_id", "created_at", "until"]


@admin.register(Credential)
class CredentialAdmin(ReadOnlyAdmin):
    list_display = ["id", "purpose", "account_id", "office", "serial", "state", "not_after"]
    list_filter = ["purpose", "state"]
    list_select_related = ["office"]
    exclude = ["key_ref"]


@admin.register(CredentialRequest)
class CredentialRequestAdmin(ReadOnlyAdmin):
    list_display = ["id", "asked", "purpose", "account_id", "office_id", "road", "asked_at"]
    list_filter = ["asked", "purpose"]


@admin.register(CredentialDecision)
class CredentialDecisionAdmin(ReadOnlyAdmin):
    list_display = ["id", "request_id", "approved", "decided_by_id", "decided_at"]


@admin.register(RevocationSource)
class RevocationSourceAdmin(ReadOnlyAdmin):
    list_display = ["id", "kind", "url", "due_at", "next_update", "failures"]


@admin.register(RevocationSnapshot)
class RevocationSnapshotAdmin(ReadOnlyAdmin):
    list_display = ["id", "kind", "issuer_sha256", "this_update", "next_update", "fetched_at"]
    exclude = ["der"]


@admin.register(PublicList)
class PublicListAdmin(ReadOnlyAdmin):
    list_display = ["id", "kind", "number", "made_at", "due_at", "lease_until", "changes"]
    exclude = ["body"]


@admin.register(NumberSeries)
class NumberSeriesAdmin(ReadOnlyAdmin):
    list_display = ["id", "office", "paper_type", "year", "last"]
    list_select_related = ["office"]
