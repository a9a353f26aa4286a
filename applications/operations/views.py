"""The views that an officer saves of her queue."""

from django.db import transaction

from accounts import operations as accounts
from applications.models import SavedView
from applications.models.desk import VIEWS_MAX
from applications.queries import views
from applications.queries.queues import Filter


class TooManyViews(Exception):
    """She has as many as there may be."""


class NoSuchView(Exception):
    """She has no view of this id."""


class NameTaken(Exception):
    """Another view of hers has this name."""


def save_view(*, account_id: int, name: str, wanted: Filter) -> int:
    """
    Keep a filter under a name, after her others; under the name of one of hers, in its place.

    :return: the view's id
    :raises TooManyViews: if she has `VIEWS_MAX`
    """
    with transaction.atomic():
        hers = _lock(account_id)
        for view in hers:
            if view.name == name:
                view.filter = views.write(wanted)
                view.save(update_fields=["filter"])
                return int(view.pk)
        free = sorted(set(range(1, VIEWS_MAX + 1)) - {view.place for view in hers})
        if len(hers) >= VIEWS_MAX:
            raise TooManyViews(account_id)
        # Behind the last one, while there is room behind it.
        last = max((view.place for view in hers), default=0)
        place = last + 1 if last < VIEWS_MAX else free[0]
        made = SavedView.objects.create(
            account_id=account_id, place=place, name=name, filter=views.write(wanted)
        )
        return int(made.pk)


def rename_view(*, account_id: int, view_id: int, name: str) -> None:
    """
    Call a view otherwise.

    :raises NoSuchView: if it is not hers
    :raises NameTaken: if another of hers is called so
    """
    with transaction.atomic():
        hers = _lock(account_id)
        view = _one(hers, view_id)
        if any(other.name == name and other.pk != view_id for other in hers):
            raise NameTaken(view_id)
        view.name = name
        view.save(update_fields=["name"])


def open_with_view(*, account_id: int, view_id: int | None) -> None:
    """
    Let her desk open with this view; None: with her own cases, as it does for everybody.

    :raises NoSuchView: if it is not hers
    """
    with transaction.atomic():
        hers = _lock(account_id)
        chosen = None if view_id is None else _one(hers, view_id)
        SavedView.objects.filter(account_id=account_id, is_default=True).update(is_default=False)
        if chosen is not None:
            SavedView.objects.filter(pk=chosen.pk).update(is_default=True)


def delete_view(*, account_id: int, view_id: int) -> None:
    """:raises NoSuchView: if it is not hers, or no longer"""
    with transaction.atomic():
        _one(_lock(account_id), view_id).delete()


def _lock(account_id: int) -> list[SavedView]:
    # Her account's row, so that two of her browsers do not both take the last place.
    accounts.lock_accounts(account_id)
    return list(SavedView.objects.filter(account_id=account_id).order_by("place"))


def _one(hers: list[SavedView], view_id: int) -> SavedView:
    for view in hers:
        if view.pk == view_id:
            return view
    raise NoSuchView(view_id)
