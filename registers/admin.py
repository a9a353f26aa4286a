"""Where an entry stands, for operators. What it says about persons is not shown here."""

from django.contrib import admin

from kernel.admin import ReadOnlyAdmin
from registers.models import CitedEntry, Family, Feed, RegisterEvent, StrangeEvent


@admin.register(CitedEntry)
class CitedEntryAdmin(ReadOnlyAdmin):
    list_display = ["id", "kind", "source", "office_code", "year", "cited_at"]
    list_filter = ["kind", "source"]
    fields = ["kind", "source", "office", "office_code", "year", "facts_sha256", "cited_at"]


@admin.register(Feed)
class FeedAdmin(ReadOnlyAdmin):
    list_display = ["id", "name", "heard_at", "due_at", "trouble"]


@admin.register(RegisterEvent)
class RegisterEventAdmin(ReadOnlyAdmin):
    list_display = ["id", "feed", "kind", "entry_kind", "happened_on", "recorded_at", "read_at"]
    list_filter = ["kind"]
    list_select_related = ["feed"]
    exclude = ["national_ids"]


@admin.register(StrangeEvent)
class StrangeEventAdmin(ReadOnlyAdmin):
    list_display = ["id", "feed", "page", "position", "why", "seen_at", "settled_at"]
    list_filter = ["why"]
    list_select_related = ["feed", "page"]
    exclude = ["digest", "note"]


@admin.register(Family)
class FamilyAdmin(ReadOnlyAdmin):
    list_display = ["id", "told_at", "due_at", "attempts", "warned_at"]
