"""Where an entry stands, for operators. What it says about persons is not shown here."""

from django.contrib import admin

from kernel.admin import ReadOnlyAdmin
from registers.models import CitedEntry


@admin.register(CitedEntry)
class CitedEntryAdmin(ReadOnlyAdmin):
    list_display = ["id", "kind", "source", "office_code", "year", "cited_at"]
    list_filter = ["kind", "source"]
    fields = ["kind", "source", "office", "office_code", "year", "facts_sha256", "cited_at"]
