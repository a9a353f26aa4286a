"""What leaves our accounts, and who may let it: debits, limits, sweeps, retired rails, rights."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import policies as grants
from accounts import queries as accounts
from accounts import sessions
from accounts.pages import stepping
from accounts.queries import RegisterLine
from kernel import exports
from kernel.money import to_decimal_text
from payments import policies
from payments.pages.control.forms import EndForm, ExplainForm, LimitForm, MoveForm, SweepForm
from payments.pages.control.words import ACTS, EXPLANATIONS
from payments.pages.words import Words, words
from payments.queries import control as queries
from payments.queries.control import Gone, Held, Ordered

REGISTER_SHOWN = 500


@dataclass(frozen=True)
class Debit:
    """A debit that nobody has explained, with its form or with what waits for a decision."""

    gone: Gone
    form: ExplainForm
    answer: Promise | str


@dataclass(frozen=True)
class HeldLine:
    name: Words
    one: Held
    form: MoveForm


@dataclass(frozen=True)
class OrderLine:
    name: Words
    one: Ordered
    form: EndForm


@dataclass(frozen=True)
class Right:
    """One line of the register in words."""

    line: RegisterLine
    act: Promise | str
    state: str  # "in_force", "unconfirmed", "ended", "later"


@never_cache
@require_safe
@sessions.staff_required
def control(request: HttpRequest) -> HttpResponse:
    """Show what left without an order, what may leave, and what waits for a second person."""
    return page(request)


@never_cache
@require_safe
@sessions.staff_required
def register(request: HttpRequest) -> HttpResponse:
    """Show who may do what with money, from when to when; those who could once, too."""
    now = timezone.now()
    _require(request, now)
    rights = []
    for line in accounts.register(acts=list(ACTS)):
        rights.append(_right(line, now))
        if len(rights) == REGISTER_SHOWN:
            break
    rights.sort(key=lambda right: right.state != "in_force")
    return render(
        request,
        "payments/control/register.html",
        {"rights": rights, "is_cut": len(rights) == REGISTER_SHOWN},
    )


@never_cache
@require_safe
@sessions.staff_required
def register_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Give the whole register as CSV."""
    now = timezone.now()
    _require(request, now)
    header = ("right", "act", "holder", "area", "rail", "beneficiary", "from", "until")
    return exports.csv_response(
        "register", (*header, "given_by", "confirmed_by", "ended_at", "state"), _register_rows(now)
    )


def page(request: HttpRequest, *, status: int = 200, **bound: Any) -> HttpResponse:
    """Render the room; `bound` holds forms that were typed and not taken, by their names."""
    account, now = sessions.signed_in(request), timezone.now()
    _require(request, now)
    explain: ExplainForm | None = bound.pop("explain_form", None)
    move: MoveForm | None = bound.pop("move_form", None)
    end: EndForm | None = bound.pop("end_form", None)
    context = {
        "debits": [_debit(gone, explain) for gone in queries.unexplained()],
        "limits": [(one, ACTS.get(one.row.act, one.row.act)) for one in queries.limits()],
        "limit_defaults": [
            (one, ACTS.get(one.act, one.act)) for one in queries.limit_defaults(at=now)
        ],
        "sweep_accounts": queries.sweep_accounts(),
        "swept": queries.swept(),
        "retired": [HeldLine(words(one.names), one, _move(one, move)) for one in queries.retired()],
        "moves": [
            OrderLine(words(one.row.rail.names), one, _end(one, end)) for one in queries.moves()
        ],
        "limit_form": LimitForm(prefix="limit"),
        "sweep_form": SweepForm(prefix="sweep"),
        "account_id": account.pk,
        "form": explain,
        **stepping.more(request),
        **{
            name: grants.may(account_id=account.pk, act=act.code, area_code=None, at=now)
            for name, act in (
                ("may_explain", policies.ASK_RELEASE),
                ("may_decide_explanation", policies.DECIDE_RELEASE),
                ("may_ask_limit", policies.ASK_LIMIT),
                ("may_decide_limit", policies.DECIDE_LIMIT),
                ("may_ask_sweep", policies.ASK_SWEEP),
                ("may_decide_sweep", policies.DECIDE_SWEEP),
                ("may_ask_move", policies.ASK_MOVE),
                ("may_decide_move", policies.DECIDE_MOVE),
            )
        },
        **bound,
    }
    return render(request, "payments/control/control.html", context, status=status)


def form_prefix(typed: Mapping[str, Any], field: str) -> str:
    """Return the prefix of the form that was typed into, by a field of it: one stands in a row."""
    return next((name.partition("-")[0] for name in typed if name.endswith(f"-{field}")), "")


def _move(one: Held, typed: MoveForm | None) -> MoveForm:
    prefix = f"v{one.account_id}"
    if typed is not None and typed.prefix == prefix:
        return typed
    whole = to_decimal_text(one.amount_minor, one.currency)
    return MoveForm(prefix=prefix, initial={"rail": one.rail_code, "amount": whole})


def _end(one: Ordered, typed: EndForm | None) -> EndForm:
    prefix = f"e{one.row.pk}"
    if typed is not None and typed.prefix == prefix:
        return typed
    return EndForm(prefix=prefix, initial={"move": one.row.pk})


def _require(request: HttpRequest, now: datetime) -> None:
    account = sessions.signed_in(request)
    grants.require(account_id=account.pk, act=policies.VIEW_MONEY.code, area_code=None, at=now)


def _debit(gone: Gone, typed: ExplainForm | None) -> Debit:
    prefix = f"m{gone.movement_id}"
    form = ExplainForm(prefix=prefix, initial={"movement": gone.movement_id})
    if typed is not None and typed.prefix == prefix:
        form = typed
    return Debit(gone, form, EXPLANATIONS[gone.asked.answer] if gone.asked else "")


def _right(line: RegisterLine, now: datetime) -> Right:
    if (line.ended_at and line.ended_at <= now) or (line.until_at and line.until_at <= now):
        state = "ended"
    elif not line.confirmed_by:
        state = "unconfirmed"
    elif line.from_at > now:
        state = "later"
    else:
        state = "in_force"
    return Right(line, ACTS.get(line.act, line.act), state)


def _register_rows(now: datetime) -> Iterator[tuple[object, ...]]:
    for line in accounts.register(acts=list(ACTS)):
        yield (
            line.id,
            line.act,
            line.holder,
            line.area_code,
            line.rail_code,
            line.beneficiary_code,
            line.from_at,
            line.until_at,
            line.given_by,
            line.confirmed_by,
            line.ended_at,
            _right(line, now).state,
        )
