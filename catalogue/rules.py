"""What an answer must keep to beside its type: bounds, patterns, days. Pure."""

import re
from collections.abc import Mapping
from datetime import date

from django.utils import dateformat
from django.utils.translation import gettext

from catalogue import dates
from catalogue.parts import Field, Rules
from catalogue.words import tell


def breach(
    field: Field,
    answer: object,
    answers: Mapping[str, object],
    *,
    language: str,
    today: date | None,
) -> str:
    """
    Return what is wrong with an answer of the right type, in words; "" where nothing is.

    :param answers: those given so far, which a rule may name
    :raises ValueError: if a rule asks what day it is and nobody said
    """
    rules = field.rules
    if rules is None or answer in (None, ""):
        return ""
    wrong = ""
    if isinstance(answer, date):
        wrong = _out_of_days(rules, answer, answers, today)
    elif isinstance(answer, int):
        wrong = _out_of_bounds(rules, answer)
    elif rules.pattern and not re.fullmatch(rules.pattern, str(answer), re.ASCII):
        wrong = gettext("This is not written as it should be.")
    return (tell(rules.message, language).text or wrong) if wrong else ""


def _out_of_bounds(rules: Rules, answer: int) -> str:
    if rules.min is not None and answer < rules.min:
        return gettext("The smallest number that is taken is %(least)s.") % {"least": rules.min}
    if rules.max is not None and answer > rules.max:
        return gettext("The largest number that is taken is %(most)s.") % {"most": rules.max}
    return ""


def _out_of_days(
    rules: Rules, answer: date, answers: Mapping[str, object], today: date | None
) -> str:
    first = bound(rules.after, answers, today)
    if first and answer < first:
        return gettext("Enter %(day)s or a later date.") % {"day": _told(first)}
    last = bound(rules.before, answers, today)
    if last and answer > last:
        return gettext("Enter %(day)s or an earlier date.") % {"day": _told(last)}
    return ""


def bound(said: str, answers: Mapping[str, object], today: date | None) -> date | None:
    """Return the day that a rule's bound means now; None where there is none."""
    if not said:
        return None
    if said.startswith("today") and today is None:
        raise ValueError(f"{said}: what day is it?")
    return dates.day(said, answers, today=today or date.min)


def _told(day: date) -> str:
    return dateformat.format(day, "j F Y")
