"""Asking registers about the answers of a draft, outside any transaction, and saying what came."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import cast

import structlog
from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext

from accounts import queries as accounts
from accounts import sessions
from accounts.operations import BudgetSpent
from applications import operations
from applications.models import Application, LookupOutcome
from applications.operations import looking_up
from catalogue import lookups
from catalogue.definition import Definition
from catalogue.lookups import Question
from catalogue.parts import PAPERS
from documents import queries as papers
from kernel.country import country
from registers import gateways
from registers.entries import POPULATION, ActKind

log = structlog.get_logger()


def ask(
    request: HttpRequest,
    application: Application,
    definition: Definition,
    codes: Collection[str] | None = None,
) -> None:
    """
    Ask about the answers that no register has answered for yet; those of `codes`, or all.

    What it says no to is told with a message: she may mend it, or go on.
    """
    told = looking_up.outcomes(application, definition)
    for question in lookups.questions(definition, application.given):
        if told[question.code] is not LookupOutcome.UNCHECKED:
            continue
        if codes is not None and not lookups.concerns(question, codes):
            continue
        outcome = _asked(request, application, question, at=timezone.now())
        if outcome is LookupOutcome.DIFFERS:
            messages.warning(request, gettext("The register does not hold it as you typed it."))


def said(application: Application, definition: Definition) -> dict[str, str]:
    """Return what registers said to her answers in words, by the code of the field."""
    asked = {one.code: one for one in lookups.questions(definition, application.given)}
    told = looking_up.outcomes(application, definition)
    return {code: _words(asked[code], outcome) for code, outcome in told.items()}


def is_open(application: Application, definition: Definition) -> bool:
    """Say whether a register can be asked about something yet."""
    return LookupOutcome.UNCHECKED in looking_up.outcomes(application, definition).values()


def _asked(
    request: HttpRequest, application: Application, question: Question, *, at: datetime
) -> LookupOutcome:
    account_id = sessions.signed_in(request).pk
    number = question.national_id or accounts.person(application.holder_id).national_id
    if not number:
        return LookupOutcome.UNCHECKED  # Who she is, her phone alone says.
    try:
        looking_up.spend_lookup(account_id=account_id, national_id=number, at=at)
    except BudgetSpent as spent:
        log.info("case.lookup_refused", case_id=application.pk, limit=spent.kind)
        return LookupOutcome.UNCHECKED
    outcome = _outcome(question, number, at=at)
    try:
        looking_up.record_lookup(
            application_id=application.pk,
            holder_id=application.holder_id,
            question=question,
            outcome=outcome,
            by_id=account_id,
            at=at,
        )
    except operations.NotNow:
        return LookupOutcome.UNCHECKED  # Sent in a moment ago.
    return outcome


def _outcome(question: Question, number: str, *, at: datetime) -> LookupOutcome:
    try:
        agrees = _agrees(question, number, at=at)
    except gateways.RegisterUnavailable:
        looking_up.return_lookup(national_id=number)
        return LookupOutcome.UNCHECKED
    if not agrees:
        return LookupOutcome.DIFFERS
    looking_up.return_lookup(national_id=number)
    return LookupOutcome.AGREES


def _agrees(question: Question, number: str, *, at: datetime) -> bool:
    """:raises registers.gateways.RegisterUnavailable: within about 2 s"""
    if question.register == POPULATION:
        return lookups.is_person(question, gateways.population().person(national_id=number))
    if question.register == PAPERS:
        typed = question.typed[question.code]
        return papers.is_good(
            typed, national_id=number, today=timezone.localdate(at, country().zone)
        )
    kind = cast("ActKind", question.register)
    return lookups.is_record(question, gateways.civil().acts(kind=kind, national_id=number))


def _words(question: Question, outcome: LookupOutcome) -> str:
    if outcome is LookupOutcome.DIFFERS:
        return gettext("the register does not hold it as it was typed; an officer looks at it")
    if outcome is LookupOutcome.UNCHECKED:
        return gettext("not checked with the register; an officer looks at it")
    name = _typed_name(question.typed, question)
    return gettext("found: %(name)s") % {"name": name} if name else gettext("found in the register")


def _typed_name(typed: Mapping[str, str], question: Question) -> str:
    """Return her own words only, and not even these in full: others may read over her shoulder."""
    lookup = question.field.lookup
    return lookups.masked(typed.get(lookup.name, "")) if lookup else ""
