"""Who helps with which case, who is told, and how honestly "self" and "assisted" are counted."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from pathlib import Path

from django.db import connection
from django.db.models import Q, QuerySet

from accounts import licences
from accounts import policies as rights
from accounts import queries as accounts
from applications import policies
from applications.models import Application, Assistance, HelpConsent
from applications.states import ConsentKind, Status
from kernel.country import country
from kernel.money import Money
from places import queries as places

LISTED_MAX = 50
# So that a message that asks for consent is one part.
ORGANISATION_MAX = 40
# Of last month's slips one in twenty, and three where there are as many.
SAMPLE_PERCENT = 5
SAMPLE_MIN = 3
_DONE = (Status.ISSUED, Status.COLLECTED, Status.REFUSED, Status.WITHDRAWN)
_SHARES = (Path(__file__).parent.parent / "sql" / "shares.sql").read_text(encoding="utf-8")
_PHONES = (Path(__file__).parent.parent / "sql" / "phones.sql").read_text(encoding="utf-8")


@dataclass(frozen=True)
class ConsentWords:
    """What a message that asks for consent says: for whom the helper works, and what it costs."""

    organisation: str
    fee: str
    revoked_at: datetime | None = None


@dataclass(frozen=True)
class Share:
    """
    How the cases of an office came in within a month, by the office that received them.

    `undeclared` came from a phone that applied as "self" for too many persons.
    """

    office_id: int
    month: date
    by_self: int
    assisted: int
    undeclared: int


@dataclass(frozen=True)
class RecurringPhone:
    """A phone that applied for many as if each were alone; its number is shown in part only."""

    office_id: int
    contact_id: int
    persons: int
    last_at: datetime
    masked: str = ""


# --- the helper -------------------------------------------------------------------------------


def helper_may(*, account_id: int, at: datetime) -> bool:
    """Say whether the account may help anybody with anything; an agent under her licence."""
    codes = [policies.ASSIST.code]
    if not rights.scopes(account_id=account_id, act_codes=codes, at=at):
        return False
    area = _own_area(account_id)
    try:
        licences.require(account_id=account_id, act=policies.ASSIST.code, area_code=area, at=at)
    except rights.NotGranted:
        return False
    return True


def witness_may(*, account_id: int, at: datetime) -> bool:
    codes = [act.code for act in policies.MAY_WITNESS]
    return bool(rights.scopes(account_id=account_id, act_codes=codes, at=at))


def helped(helper_id: int) -> list[Application]:
    """
    Return the cases with which she helps, the newest first, one more than are listed if there are.

    What is over is hers no longer, and what the person has revoked neither.
    """
    found = _in_force(helper_id).exclude(status__in=_DONE)
    return list(found.order_by("-pk")[: LISTED_MAX + 1])


def helped_case(number: str, *, helper_id: int) -> Application | None:
    """Return a case with which she helps, else None: to her it does not exist."""
    return _in_force(helper_id).exclude(status__in=_DONE).filter(number=number).first()


def open_consent(consent_id: int, *, helper_id: int) -> HelpConsent | None:
    """Return a consent that this helper asks for and has not got, or None."""
    found = HelpConsent.objects.select_related("assistance__office", "assistance__application")
    return found.filter(
        pk=consent_id, given_at=None, assistance__helper_id=helper_id, assistance__revoked_at=None
    ).first()


def begun(helper_id: int, *, since: datetime) -> list[HelpConsent]:
    """Return the consents that she has asked for since then and that nobody has given yet."""
    found = HelpConsent.objects.select_related("assistance").filter(
        assistance__helper_id=helper_id,
        assistance__revoked_at=None,
        given_at=None,
        asked_at__gte=since,
    )
    return list(found.order_by("-pk")[:LISTED_MAX])


def may_mend(application: Application) -> bool:
    """Say whether the person has agreed to mending what is asked for now."""
    return HelpConsent.objects.filter(
        assistance__application=application,
        assistance__revoked_at=None,
        completion__isnull=False,
        completion__answered_at=None,
        given_at__isnull=False,
    ).exists()


# --- the person who is helped -----------------------------------------------------------------


def assistance_of(application_id: int) -> Assistance | None:
    found = Assistance.objects.select_related("office")
    return found.filter(application_id=application_id).first()


def consent_words(consent_id: int) -> ConsentWords | None:
    """Return what a message asks the person for, in her language; None if it is no longer asked."""
    found = (
        HelpConsent.objects.select_related("assistance__office")
        .filter(pk=consent_id, given_at=None)
        .first()
    )
    return _words(found.assistance) if found else None


def helper_words(application_id: int) -> ConsentWords | None:
    found = assistance_of(application_id)
    return _words(found) if found else None


# --- witnesses and samples --------------------------------------------------------------------


def supervises(*, account_id: int, at: datetime) -> bool:
    codes = [policies.SUPERVISE.code]
    return bool(rights.scopes(account_id=account_id, act_codes=codes, at=at))


def waiting_slips(*, account_id: int, at: datetime) -> list[HelpConsent]:
    """Return the signed slips of the witness's offices that nobody has confirmed, the oldest first.

    Those of cases that she helps with herself are left out.
    """
    found = HelpConsent.objects.select_related("assistance__office").filter(
        _within(account_id, [act.code for act in policies.MAY_WITNESS], at=at),
        kind=ConsentKind.SLIP,
        given_at=None,
        scan__isnull=False,
    )
    rows = list(found.order_by("pk")[:LISTED_MAX])
    return [one for one in rows if not accounts.same_hands(one.assistance.helper_id, account_id)]


def waiting_slip(consent_id: int, *, account_id: int, at: datetime) -> HelpConsent | None:
    return next(
        (one for one in waiting_slips(account_id=account_id, at=at) if one.pk == consent_id), None
    )


def sample(*, account_id: int, at: datetime) -> list[HelpConsent]:
    """
    Return the slips of last month that a supervisor looks at again.

    Which they are is drawn by a hash of month and slip: the same for whoever asks, whenever.
    """
    first, until = _last_month(at)
    slips = HelpConsent.objects.select_related("assistance__office", "check_up").filter(
        _within(account_id, [policies.SUPERVISE.code], at=at),
        kind=ConsentKind.SLIP,
        given_at__gte=first,
        given_at__lt=until,
    )
    drawn = sorted(slips, key=lambda one: _lot(first, one.pk))
    wanted = max(SAMPLE_MIN, -(-len(drawn) * SAMPLE_PERCENT // 100))
    return drawn[:wanted]


# --- counted ----------------------------------------------------------------------------------


def shares(*, since: date, until: date) -> list[Share]:
    """Return how the cases sent in from `since` to before `until` came, by office and month."""
    zone = country().zone
    with connection.cursor() as cursor:
        cursor.execute(
            _SHARES,
            {
                "since": datetime.combine(since, time(), zone),
                "until": datetime.combine(until, time(), zone),
                "zone": zone.key,
                "persons_max": policies.PERSONS_OF_A_PHONE_MAX,
                "window": policies.PERSONS_OF_A_PHONE_WITHIN.total_seconds(),
            },
        )
        return [Share(*row) for row in cursor.fetchall()]


def shares_of(*, account_id: int, year: int, at: datetime) -> list[Share]:
    """Return the shares of a supervisor's offices in a year, month by month."""
    office_ids = offices_reached(account_id, [policies.SUPERVISE.code], at=at)
    found = shares(since=date(year, 1, 1), until=date(year + 1, 1, 1))
    return [one for one in found if office_ids is None or one.office_id in office_ids]


def recurring_phones(*, account_id: int, at: datetime) -> list[RecurringPhone]:
    """Return the phones that applied as "self" for too many persons of her offices lately."""
    office_ids = offices_reached(account_id, [policies.SUPERVISE.code], at=at)
    with connection.cursor() as cursor:
        cursor.execute(
            _PHONES,
            {
                "since": at - policies.PERSONS_OF_A_PHONE_WITHIN,
                "until": at,
                "persons_max": policies.PERSONS_OF_A_PHONE_MAX,
            },
        )
        rows = [RecurringPhone(*row) for row in cursor.fetchall()]
    hers = [one for one in rows if office_ids is None or one.office_id in office_ids]
    return [
        RecurringPhone(
            one.office_id, one.contact_id, one.persons, one.last_at, masked(one.contact_id)
        )
        for one in hers[:LISTED_MAX]
    ]


def _own_area(account_id: int) -> str | None:
    office_id = accounts.account(account_id).office_id
    area = places.office(office_id).area if office_id else None
    return area.code if area else None


def masked(contact_id: int) -> str:
    """Return the last two digits only: enough to talk of it, too little to call."""
    return f"•••• {accounts.contact(contact_id).value[-2:]}"


def _in_force(helper_id: int) -> QuerySet[Application]:
    return Application.objects.select_related("deciding_office__area", "assistance").filter(
        assistance__helper_id=helper_id, assistance__revoked_at=None
    )


def _words(help_: Assistance) -> ConsentWords:
    return ConsentWords(
        organisation=(
            licences.business_of(help_.helper_id, at=help_.begun_at)
            or help_.office.told(help_.language)
        )[:ORGANISATION_MAX],
        fee=Money(help_.fee_minor, help_.fee_currency).format(help_.language),
        revoked_at=help_.revoked_at,
    )


def offices_reached(account_id: int, codes: Collection[str], *, at: datetime) -> set[int] | None:
    """Return the offices over which she holds one of the acts; None is the country."""
    scopes = rights.scopes(account_id=account_id, act_codes=codes, at=at)
    if any(scope.area_code is None for scope in scopes):
        return None
    within = places.offices_within({scope.area_code for scope in scopes if scope.area_code})
    return set().union(*within.values())


def _within(account_id: int, codes: Collection[str], *, at: datetime) -> Q:
    office_ids = offices_reached(account_id, codes, at=at)
    return Q() if office_ids is None else Q(assistance__office_id__in=office_ids)


def _last_month(at: datetime) -> tuple[datetime, datetime]:
    zone = country().zone
    this = at.astimezone(zone).date().replace(day=1)
    last = (this - timedelta(days=1)).replace(day=1)
    return datetime.combine(last, time(), zone), datetime.combine(this, time(), zone)


def _lot(month: datetime, consent_id: int) -> bytes:
    return sha256(f"{month:%Y-%m}:{consent_id}".encode()).digest()
