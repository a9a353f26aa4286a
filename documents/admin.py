"""Papers may be looked at by operators; what they say, and keys' places, are not shown."""

from django.contrib import admin

from documents.models import Credential, Mandate, NumberSeries, Paper, PaperFile
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


@admin.register(PaperFile)
class PaperFileAdmin(ReadOnlyAdmin):
    list_display = ["id", "paper_id", "step", "sha256", "size", "credential_id", "created_at"]


@admin.register(Mandate)
class MandateAdmin(ReadOnlyAdmin):
    list_display = ["id", "officer_id", "created_at", "until"]


@admin.register(Credential)
class CredentialAdmin(ReadOnlyAdmin):
    list_display = ["id", "purpose", "account_id", "office", "serial", "state", "not_after"]
    list_filter = ["purpose", "state"]
    list_select_related = ["office"]
    exclude = ["key_ref"]


@admin.register(NumberSeries)
class NumberSeriesAdmin(ReadOnlyAdmin):
    list_display = ["id", "office", "paper_type", "year", "last"]
    list_select_related = ["office"]
