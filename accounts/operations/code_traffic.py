"""Counting the codes of each range of numbers, so that one which nobody types from is noticed."""

from datetime import datetime

import structlog
from django.db.models import F

from accounts import numbers, pumping
from accounts.limits import limit
from accounts.models import CodeTraffic
from accounts.operations import budgets

log = structlog.get_logger()


def spend(phone: str, *, at: datetime) -> None:
    """:raises BudgetSpent: if the phone's range is alarmed and had its few codes of this hour"""
    number_range = numbers.range_of(phone)
    if pumping.is_alarmed(number_range, at=at):
        log.warning("codes.alarmed", number_range=number_range)
        budgets.spend(limit("code.alarmed"), number_range, at=at)


# The rows are shared by many: both counts are the last statement of their transaction.


def count_sent(phone: str, *, at: datetime) -> None:
    slot = {"number_range": numbers.range_of(phone), "slot_at": pumping.slot_of(at)}
    CodeTraffic.objects.bulk_create([CodeTraffic(**slot, sent=0)], ignore_conflicts=True)
    CodeTraffic.objects.filter(**slot).update(sent=F("sent") + 1)


def count_used(phone: str, *, asked_at: datetime) -> None:
    """Count it where it was counted as sent."""
    slot = {"number_range": numbers.range_of(phone), "slot_at": pumping.slot_of(asked_at)}
    CodeTraffic.objects.filter(**slot).update(used=F("used") + 1)
