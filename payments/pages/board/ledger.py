"""The way down through the books: a figure's journals, accounts and their days, one journal."""

from collections.abc import Iterator
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from kernel import exports
from kernel.money import Money
from payments.pages.board.access import money_page
from payments.pages.board.board import asked_day
from payments.pages.board.facts import fact_of
from payments.pages.board.summing import figure_url
from payments.pages.board.words import FIGURES, KINDS, ROLES, named
from payments.pages.words import Words, words
from payments.queries import board, figures, journals
from payments.queries.figures import Owner, Taken


@require_safe
@money_page
def figure(request: HttpRequest, name: str) -> HttpResponse:
    """Show the parts of a figure and their journals, the newest first."""
    asked = _Asked(request, name)
    found = journals.of_figure(asked.parts, asked.day, before=_id(request, "before"))
    page = found[: journals.PAGE]
    older = f"{asked.url}&before={page[-1].id}" if len(found) > journals.PAGE else ""
    context = {
        "name": named(FIGURES, name),
        "asked": asked,
        "parts": [
            (named(ROLES, one.owner.role), words(one.owner.owner_names), _kind(one.part.kind), one)
            for one in asked.parts
        ],
        "total_minor": sum(one.amount_minor for one in asked.parts),
        "rows": [(_kind(one.kind), one) for one in page],
        "older_url": older,
        "newest_url": asked.url if "before" in request.GET else "",
    }
    return render(request, "payments/board/figure.html", context)


@require_safe
@money_page
def figure_csv(request: HttpRequest, name: str) -> HttpResponseBase:
    """Answer with every journal of a figure."""
    asked = _Asked(request, name)
    header = ("journal", "kind", "subject", "occurred_at", "posted_at", "currency", "amount_minor",
              "amount")  # fmt: skip

    def rows() -> Iterator[tuple[object, ...]]:
        for one in journals.all_of_figure(asked.parts, asked.day):
            amount = Money(one.amount_minor, asked.currency)
            yield (one.id, one.kind, one.subject_id, one.occurred_at, one.posted_at,
                   asked.currency, one.amount_minor, amount)  # fmt: skip

    return exports.csv_response(f"{name}-{asked.day.isoformat()}", header, rows())


@require_safe
@money_page
def accounts(request: HttpRequest) -> HttpResponse:
    """Show every account of the ledger with its balance: together they are zero."""
    standing = board.balances()
    rows = [
        (named(ROLES, owner.role), words(owner.owner_names), owner, standing[owner.account_id])
        for owner in journals.owners().values()
        if owner.account_id in standing
    ]
    return render(request, "payments/board/accounts.html", {"rows": rows})


@require_safe
@money_page
def accounts_csv(request: HttpRequest) -> HttpResponseBase:
    """Answer with the balance of every account, debit positive."""
    standing = board.balances()
    header = ("account", "role", "owner", "currency", "balance_minor", "balance")
    rows = [
        (one.code, one.role, one.owner_code, one.currency, minor, Money(minor, one.currency))
        for one in journals.owners().values()
        if (minor := standing.get(one.account_id)) is not None
    ]
    return exports.csv_response("accounts", header, rows)


@require_safe
@money_page
def account(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show an account day by day, the newest first."""
    owner = _owner(account_id)
    found = board.days_of(account_id, before=_day(request, "before"))
    page = found[: board.DAYS_PAGE]
    here = reverse("payments:board_account", args=[account_id])
    context = {
        "owner": owner,
        "role": named(ROLES, owner.role),
        "name": words(owner.owner_names),
        "rows": [(f"{here}{one.day.isoformat()}/", one) for one in page],
        "older_url": f"{here}?before={page[-1].day.isoformat()}"
        if len(found) > board.DAYS_PAGE
        else "",
        "newest_url": here if "before" in request.GET else "",
    }
    return render(request, "payments/board/account.html", context)


@require_safe
@money_page
def account_day(request: HttpRequest, account_id: int, day: str) -> HttpResponse:
    """Show what moved an account on a day: by kind, and each journal."""
    owner, parts, on = _day_of(account_id, day)
    found = journals.of_figure(parts, on, before=_id(request, "before"))
    page = found[: journals.PAGE]
    here = reverse("payments:board_account_day", args=[account_id, on.isoformat()])
    context = {
        "owner": owner,
        "day": on,
        "csv_url": f"{here.removesuffix('/')}.csv",
        "role": named(ROLES, owner.role),
        "name": words(owner.owner_names),
        "parts": [(_kind(one.part.kind), one.part) for one in parts],
        "rows": [(_kind(one.kind), one) for one in page],
        "older_url": f"{here}?before={page[-1].id}" if len(found) > journals.PAGE else "",
        "newest_url": here if "before" in request.GET else "",
    }
    return render(request, "payments/board/account_day.html", context)


@require_safe
@money_page
def account_day_csv(request: HttpRequest, account_id: int, day: str) -> HttpResponseBase:
    """Answer with each journal of an account on a day; debit is positive."""
    owner, parts, on = _day_of(account_id, day)
    header = ("journal", "kind", "subject", "occurred_at", "posted_at", "account", "currency",
              "amount_minor", "amount")  # fmt: skip
    rows = (
        (one.id, one.kind, one.subject_id, one.occurred_at, one.posted_at, owner.code,
         owner.currency, one.amount_minor, Money(one.amount_minor, owner.currency))
        for one in journals.all_of_figure(parts, on)
    )  # fmt: skip
    return exports.csv_response(f"account-{account_id}-{on.isoformat()}", header, rows)


@require_safe
@money_page
def journal(request: HttpRequest, journal_id: int) -> HttpResponse:
    """Show one journal: its lines, and the fact that it is about."""
    try:
        found = journals.journal(journal_id)
    except journals.NoJournal:
        raise Http404 from None
    owners = journals.owners()
    context = {
        "journal": found,
        "kind": _kind(found.kind),
        "lines": [
            (named(ROLES, owners[line.account_id].role),
             words(owners[line.account_id].owner_names), line)
            for line in found.lines
        ],
        "fact": fact_of(found),
    }  # fmt: skip
    return render(request, "payments/board/journal.html", context)


class _Asked:
    """Which figure, of whom, on which day; a made-up one does not exist."""

    def __init__(self, request: HttpRequest, name: str) -> None:
        self.day = asked_day(request, timezone.now())
        self.currency = request.GET.get("currency", "")
        told = "rail" if "rail" in request.GET else "beneficiary"
        self.code = request.GET.get(told, "")
        owners = journals.owners()
        mine = [
            one
            for one in owners.values()
            if one.owner_code == self.code
            and one.currency == self.currency
            and (one.rail_id if told == "rail" else one.beneficiary_id)
        ]
        rules = (figures.OF_RAIL if told == "rail" else figures.OF_BENEFICIARY).get(name)
        if not mine or rules is None:
            raise Http404
        self.owner: Words = words(mine[0].owner_names)
        self.url = figure_url(name, self.day, self.currency, **{told: self.code})
        self.csv_url = self.url.replace("/?", ".csv?", 1)
        self.parts: tuple[Taken, ...] = figures.taken(
            rules,
            board.parts_of(self.day),
            owners,
            currency=self.currency,
            rail_id=mine[0].rail_id,
            beneficiary_id=mine[0].beneficiary_id,
        )


def _day_of(account_id: int, told: str) -> tuple[Owner, tuple[Taken, ...], date]:
    owner = _owner(account_id)
    try:
        day = date.fromisoformat(told)
    except ValueError:
        raise Http404 from None
    parts = board.parts_of(day, account_id=account_id)
    return owner, tuple(Taken(one, owner, 1) for one in parts), day


def _owner(account_id: int) -> Owner:
    found = journals.owners().get(account_id)
    if found is None:
        raise Http404
    return found


def _kind(code: str) -> object:
    return named(KINDS, code)


def _id(request: HttpRequest, name: str) -> int | None:
    typed = request.GET.get(name, "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else None


def _day(request: HttpRequest, name: str) -> date | None:
    try:
        return date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return None
