"""One movement with who told of it and where its money went; one bill's proof, by its reference."""

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from kernel import exports
from kernel.money import Money
from payments import queries
from payments.pages.board.access import money_page
from payments.pages.board.words import BILL_STATES, KINDS, LEGS, REASONS, STATES, named
from payments.pages.words import words
from payments.queries import proving
from payments.queries.proving import MovementProof

REFERENCE_CHARS_MAX = 60


class ReferenceForm(forms.Form):
    reference = forms.CharField(label=_("Payment reference"), max_length=REFERENCE_CHARS_MAX)


@require_safe
@money_page
def movement(request: HttpRequest, movement_id: int) -> HttpResponse:
    """Show a movement: its evidence, its journals, its allocations and batches."""
    try:
        found = proving.of_movement(movement_id)
    except proving.NoMovement:
        raise Http404 from None
    return render(request, "payments/board/movement.html", {"one": _told(found)})


@require_http_methods(["GET", "HEAD", "POST"])
@money_page
def search(request: HttpRequest) -> HttpResponse:
    """Find a bill by its reference, as a person types it; the address never carries it."""
    form = ReferenceForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                bill = queries.bill_by_reference(form.cleaned_data["reference"])
            except queries.NoBill:
                form.add_error("reference", gettext("No bill has this reference."))
            else:
                return redirect("payments:board_proof", bill.id)
    return render(request, "payments/board/search.html", {"form": form}, status=status)


@require_safe
@money_page
def proof(request: HttpRequest, bill_id: int) -> HttpResponse:
    """Show the whole way of a bill's money."""
    found = _proof(bill_id)
    context = {
        "bill": found.bill,
        "state": named(BILL_STATES, found.bill.state),
        "description": words(found.bill.description),
        "movements": [_told(one) for one in found.movements],
    }
    return render(request, "payments/board/proof.html", context)


@require_safe
@money_page
def proof_csv(request: HttpRequest, bill_id: int) -> HttpResponseBase:
    """Answer with each posting, allocation and sighting of a bill's money, one a row."""
    found = _proof(bill_id)
    header = ("what", "movement", "journal", "code", "currency", "amount_minor", "amount", "sha256",
              "at")  # fmt: skip
    rows = [row for one in found.movements for row in _rows(one)]
    return exports.csv_response(f"proof-{bill_id}", header, rows)


def _proof(bill_id: int) -> proving.Proof:
    try:
        return proving.proof(bill_id)
    except queries.NoBill:
        raise Http404 from None


def _told(found: MovementProof) -> dict[str, object]:
    """Return a movement with its codes in words."""
    return {
        "it": found,
        "leg": named(LEGS, found.leg),
        "entries": [(_kind(entry.kind), entry) for entry in found.entries],
        "shares": [(named(STATES, one.remittance_state), one) for one in found.shares],
        "suspended": [(named(REASONS, one.reason), one) for one in found.suspended],
    }


def _kind(code: str) -> Promise | str:
    return named(KINDS, code)


def _rows(one: MovementProof) -> list[tuple[object, ...]]:
    def row(what: str, journal: object, code: str, minor: int, at: object) -> tuple[object, ...]:
        amount = Money(minor, one.currency)
        return (what, one.movement_id, journal, code, one.currency, minor, amount, "", at)

    told = [
        ("evidence", one.movement_id, None, sight.kind, "", None, None, sight.sha256, sight.seen_at)
        for sight in one.sightings
    ]
    return [
        row("movement", None, one.external_id, one.amount_minor, one.occurred_at),
        *told,
        *(
            row("posting", entry.id, line.account_code, line.amount_minor, entry.posted_at)
            for entry in one.entries
            for line in entry.lines
        ),
        *(
            row("allocation", share.journal_id, share.charge_key, share.amount_minor, None)
            for share in one.shares
        ),
        *(
            row("remittance", share.journal_id, share.remittance_number, share.amount_minor, None)
            for share in one.shares
            if share.remittance_key
        ),
    ]
