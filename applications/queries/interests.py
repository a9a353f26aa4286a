"""Who is kept away from a case, beside its holder and its applicant."""

from collections.abc import Collection

from django.db.models import F, QuerySet

from accounts import queries as accounts
from accounts.states import ContactKind
from applications.models import Application, Assistance, Reassignment, Transfer
from applications.states import ReassignReason, TransferReason
from registers import queries as registers


def kept_out(application_ids: Collection[int]) -> dict[int, set[int]]:
    """
    Return for each case the accounts that helped with it, are of its holder's parent or guardian,
    are family of holder or guardian by the population register, share a phone with one of them, or
    have an interest by their own word or a supervisor's; the number of queries does not grow with
    the cases.
    """
    helped = Assistance.objects.filter(application_id__in=application_ids)
    gave = Transfer.objects.filter(
        application_id__in=application_ids,
        reason_code=TransferReason.CONFLICT,
        by_id=F("from_officer_id"),
    )
    taken_from = Reassignment.objects.filter(
        application_id__in=application_ids,
        reason_code=ReassignReason.CONFLICT,
        from_officer__isnull=False,
    )
    # Who may act for the holder, or once could: a parent does not decide for her child.
    guardians = Application.objects.filter(
        pk__in=application_ids,
        holder__guardians__approved=True,
        holder__guardians__guardian__staff_accounts__isnull=False,
    )
    rows = helped.values_list("application_id", "helper_id").union(
        *(_at_one_phone(application_ids, whose) for whose in ("holder", "guardian")),
        guardians.values_list("pk", "holder__guardians__guardian__staff_accounts"),
        gave.values_list("application_id", "by_id"),
        taken_from.values_list("application_id", "from_officer_id"),
    )
    found: dict[int, set[int]] = {pk: set() for pk in application_ids}
    for application_id, account_id in rows:
        found[application_id].add(account_id)
    for application_id, account_ids in _family(application_ids).items():
        found[application_id] |= account_ids
    return found


def _at_one_phone(
    application_ids: Collection[int], whose: str
) -> QuerySet[Application, tuple[int, int]]:
    """Return each case with the accounts of staff who share a phone with her whose it is."""
    theirs = f"{whose}__contacts"
    hers = f"{theirs}__contact__persons"
    there = Application.objects.filter(
        pk__in=application_ids,
        **{
            f"{theirs}__until_at": None,
            f"{theirs}__contact__kind": ContactKind.PHONE,
            f"{hers}__until_at": None,
            f"{hers}__person__staff_accounts__isnull": False,
        },
    )
    return there.values_list("pk", f"{hers}__person__staff_accounts")


def _family(application_ids: Collection[int]) -> dict[int, set[int]]:
    """Return for each case the accounts of whoever is family of its holder, or of its guardian."""
    of_case: dict[int, set[bytes]] = {}
    rows = Application.objects.filter(pk__in=application_ids).values_list(
        "pk", "holder__national_id_index", "guardian__national_id_index"
    )
    for pk, *indexes in rows:
        of_case[pk] = {bytes(one) for one in indexes if one is not None}
    staff_of = registers.family_of(set().union(*of_case.values()))
    if not staff_of:
        return {}
    accounts_of = accounts.accounts_of(set().union(*staff_of.values()))
    return {
        pk: {
            account_id
            for index in indexes
            for person_id in staff_of.get(index, ())
            for account_id in accounts_of.get(person_id, ())
        }
        for pk, indexes in of_case.items()
    }


def is_kept_out(application_id: int, account_id: int) -> bool:
    """Say so of whoever she is, under whatever account."""
    others = kept_out([application_id])[application_id]
    return any(accounts.same_hands(other_id, account_id) for other_id in others)
