"""What the applicant, the workers and an open case ask."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from accounts import guarding
from accounts.queries import PersonView
from applications.comparing import Holder, Place
from applications.models import Application, CompletionRequest, Refusal, StatusChange
from applications.states import Status
from places import queries as places

_CHARGE = re.compile(r"applications\.case:(?P<case>[0-9]{1,18}):")
PAGE_SIZE = 25


@dataclass(frozen=True)
class Addressee:
    """What a message about a case needs to know."""

    contact_id: int
    language: str
    number: str
    bill_id: int | None
    person_id: int  # Who is written to: the holder, or her parent or guardian.


# --- for the workers --------------------------------------------------------------------------


def id_by_paper(paper_id: int) -> int | None:
    """Return the case that the paper answers, if it answers one."""
    return Application.objects.filter(paper_id=paper_id).values_list("pk", flat=True).first()


def addressee(application_id: int) -> Addressee:
    """:raises Application.DoesNotExist: for an unknown id"""
    case = Application.objects.only(
        "contact_id", "language", "number", "bill_id", "holder_id", "guardian_id"
    ).get(pk=application_id)
    person_id = case.guardian_id or case.holder_id
    return Addressee(case.contact_id, case.language, case.number, case.bill_id, person_id)


# --- for the citizen --------------------------------------------------------------------------


def of_holder(number: str, *, holder_id: int) -> Application | None:
    """Return the case if it is this person's, else None: others' cases do not exist for her."""
    return _with_office().filter(number=number, holder_id=holder_id).first()


def of_ward(number: str, *, guardian_id: int, at: datetime) -> Application | None:
    """Return the case if she applied for its holder, and may act for her now; else None."""
    wards = guarding.ward_ids(guardian_id, at=at)
    found = _with_office().filter(number=number, guardian_id=guardian_id, holder__in=wards)
    return found.first()


def mine(holder_id: int, *, at: datetime, before_id: int | None = None) -> list[Application]:
    """
    Return the person's cases and those that she applied for with others' right, the newest first;
    one more than a page if there are more.
    """
    wards = guarding.ward_ids(holder_id, at=at)
    hers = Q(holder_id=holder_id) | Q(guardian_id=holder_id, holder__in=wards)
    cases = _with_office().filter(hers)
    if before_id is not None:
        cases = cases.filter(pk__lt=before_id)
    return list(cases.order_by("-pk")[: PAGE_SIZE + 1])


def drafts(
    holder_id: int, service_code: str, *, guardian_id: int | None = None
) -> list[Application]:
    """Return the person's unfinished cases of a service, the newest first."""
    found = Application.objects.filter(
        holder_id=holder_id,
        guardian_id=guardian_id,
        service_code=service_code,
        status=Status.DRAFT,
    )
    return list(found.order_by("-pk")[:PAGE_SIZE])


def drafts_by(account_id: int, *, holder_id: int) -> list[Application]:
    """Return the person's unfinished cases that this account began, the oldest first."""
    found = Application.objects.filter(
        holder_id=holder_id, account_id=account_id, status=Status.DRAFT
    )
    return sorted(found.order_by("-pk")[: 2 * PAGE_SIZE], key=lambda draft: draft.pk)


def number_of_charge(key: str) -> str | None:
    """Return the number of the case that a bill line's charge is of (`charge_prefix`), or None."""
    found = _CHARGE.match(key)
    if found is None:
        return None
    numbers = Application.objects.filter(pk=int(found["case"])).values_list("number", flat=True)
    return numbers.first()


def has_other_drafts(draft: Application) -> bool:
    """Say whether the same account began another case for the same person."""
    others = Application.objects.filter(
        holder_id=draft.holder_id, account_id=draft.account_id, status=Status.DRAFT
    )
    return others.exclude(pk=draft.pk).exists()


def on_bill(bill_id: int) -> list[Application]:
    return list(Application.objects.filter(bill_id=bill_id).order_by("pk"))


def open_completion(application_id: int) -> CompletionRequest | None:
    return CompletionRequest.objects.filter(application_id=application_id, answered_at=None).first()


def last_refusal(application_id: int) -> Refusal | None:
    return Refusal.objects.filter(application_id=application_id).order_by("-pk").first()


def by_number(number: str) -> Application | None:
    """Return the case of this number; only for callers that then show state, office, promise."""
    return _with_office().filter(number=number).first()


# --- an open case -----------------------------------------------------------------------------


def history(application_id: int) -> list[StatusChange]:
    """Return every move of the case, the first one first."""
    return list(
        StatusChange.objects.filter(application_id=application_id)
        .select_related("office")
        .order_by("version")
    )


def changes_since(application_id: int, version: int) -> list[StatusChange]:
    """Return what happened after the version that a reader saw."""
    return [change for change in history(application_id) if change.version > version]


def holder(person: PersonView) -> Holder:
    """Return who the applicant has proved to be, under the codes of a register's facts."""
    facts = {"family_name": person.family_name, "given_names": person.given_names}
    if person.born_on is not None:
        facts["born_on"] = person.born_on.isoformat()
    return Holder(person.national_id or "", facts)


def place_reader(language: str) -> Callable[[str], Place | None]:
    """Return a function from an area's code to the place; each code is read once."""
    known: dict[str, Place | None] = {}

    def read(code: str) -> Place | None:
        if code not in known:
            line = places.area_lines([code]).get(code)
            known[code] = Place(line.told(language), line.areas[0].path) if line else None
        return known[code]

    return read


def _with_office() -> QuerySet[Application]:
    return Application.objects.select_related("deciding_office__area")
