"""What one person asks about money and another decides: matches, releases, limits, moves."""

from django.contrib import admin

from payments import models
from payments.admin.money import MoneyAdmin


@admin.register(models.Match)
class MatchAdmin(MoneyAdmin):
    list_display = ("id", "movement", "bill", "amount_minor", "maker", "checker", "approved")
    list_filter = ("approved",)
    list_select_related = ("movement", "bill", "maker", "checker")


@admin.register(models.MatchSet)
class MatchSetAdmin(MoneyAdmin):
    list_display = ("id", "kind", "movement", "maker", "asked_at")
    list_filter = ("kind",)


@admin.register(models.Release)
class ReleaseAdmin(MoneyAdmin):
    list_display = ("id", "kind", "amount", "approved", "asked_at", "decided_at")
    list_filter = ("kind", "approved")


@admin.register(models.Explanation)
class ExplanationAdmin(MoneyAdmin):
    list_display = ("id", "movement", "answer", "approved", "asked_at", "decided_at")
    list_filter = ("answer", "approved")


@admin.register(models.Limit)
class LimitAdmin(MoneyAdmin):
    list_display = ("id", "act", "rail_code", "currency", "per_act_minor", "per_day_minor",
                    "approved", "from_at", "until_at")  # fmt: skip
    list_filter = ("act", "approved")


@admin.register(models.LimitDefault)
class LimitDefaultAdmin(MoneyAdmin):
    list_display = ("act", "currency", "per_act_minor", "per_person_minor", "per_day_minor")


@admin.register(models.SweepAccount)
class SweepAccountAdmin(MoneyAdmin):
    list_display = ("id", "rail", "approved", "from_at", "until_at")
    list_filter = ("approved",)


@admin.register(models.Move)
class MoveAdmin(MoneyAdmin):
    list_display = ("number", "rail", "amount_minor", "approved", "asked_at", "decided_at")
    list_filter = ("approved",)


@admin.register(models.MoveEnd)
class MoveEndAdmin(MoneyAdmin):
    list_display = ("move", "approved", "asked_at", "decided_at")
    list_filter = ("approved",)
