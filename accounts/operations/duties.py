"""The pairs of acts that are kept apart, from the apps' declarations into the database."""

from django.db import connections, transaction

from accounts import acts
from accounts.models import ConflictingActs


def write_pairs(using: str) -> None:
    """
    Make the database's pairs equal to what the apps declare; without a difference write nothing.

    Called by `migrate` as the owner: the application may not. A grant that a new pair would have
    refused stays, and `check_invariants` lists it.
    """
    if "accounts_conflicting_acts" not in connections[using].introspection.table_names():
        return  # Migrated back to before there were any.
    declared = set(acts.apart())
    with transaction.atomic(using=using):
        rows = ConflictingActs.objects.using(using)
        known = {(row.first_act, row.second_act): row.pk for row in rows.all()}
        gone = [pk for pair, pk in known.items() if pair not in declared]
        if gone:
            rows.filter(pk__in=gone).delete()
        new = sorted(declared - set(known))
        if new:
            rows.bulk_create(ConflictingActs(first_act=a, second_act=b) for a, b in new)
