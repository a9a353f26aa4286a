"""A queue's filter as codes: in an address, and in the views that an officer has saved."""

from collections.abc import Mapping
from dataclasses import dataclass

from applications.models import SavedView
from applications.queries.queues import Filter, Shown, Sort
from applications.states import ON_DESK

KEYS = ("list", "sort", "service", "officer", "status", "office")
"""What a filter is written with. `saved_view_names_no_person` knows no other."""

_ID_DIGITS_MAX = 18
_CODE_MAX = 60


class NoSuchFilter(Exception):
    """Something in it is no list, order, state or number."""


@dataclass(frozen=True)
class View:
    id: int
    name: str
    filter: Filter
    is_default: bool
    is_readable: bool = True


def of_account(account_id: int) -> list[View]:
    """Return her views in her order; what a later release cannot read any more is left out."""
    return [one for one in kept(account_id) if one.is_readable]


def kept(account_id: int) -> list[View]:
    """Return all her views, with those that cannot be read any more: she may delete them."""
    return [_view(row) for row in SavedView.objects.filter(account_id=account_id).order_by("place")]


def _view(row: SavedView) -> View:
    try:
        return View(row.pk, row.name, read(row.filter), row.is_default)
    except NoSuchFilter:
        return View(row.pk, row.name, Filter(), row.is_default, is_readable=False)


def read(codes: Mapping[str, str]) -> Filter:
    """
    Return the filter that is written so; what is not named is not narrowed.

    :raises NoSuchFilter: for a code that is none
    """
    try:
        shown = Shown(codes.get("list") or Shown.MINE)
        sort = Sort(codes.get("sort") or Sort.URGENT)
    except ValueError as error:
        raise NoSuchFilter(str(error)) from None
    service, status = codes.get("service", ""), codes.get("status", "")
    if len(service) > _CODE_MAX or (status and status not in ON_DESK):
        raise NoSuchFilter("service or status")
    return Filter(
        shown=shown,
        sort=sort,
        service_code=service,
        officer_id=_id(codes.get("officer", "")),
        status=status,
        office_id=_id(codes.get("office", "")),
    )


def write(wanted: Filter) -> dict[str, str]:
    """Return the codes of a filter; `read` makes the same filter of them."""
    written = {
        "list": wanted.shown.value,
        "sort": "" if wanted.sort == Sort.URGENT else wanted.sort.value,
        "service": wanted.service_code,
        "officer": "" if wanted.officer_id is None else str(wanted.officer_id),
        "status": wanted.status,
        "office": "" if wanted.office_id is None else str(wanted.office_id),
    }
    return {key: value for key, value in written.items() if value}


def _id(typed: str) -> int | None:
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit() and len(typed) <= _ID_DIGITS_MAX):
        raise NoSuchFilter("id")
    return int(typed)
