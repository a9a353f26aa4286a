"""Since when nobody has claimed money is noted once, and after its term: by PostgreSQL too."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from payments.models import OpenItem, SuspenseRule
from tests.payments.world import make_world, post, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db

TERM = timedelta(days=365)


@pytest.fixture
def item():
    post(telling(make_world().mtn, "nobody's", 700))
    return OpenItem.objects.filter(pk=OpenItem.objects.get().pk)


def test_it_is_noted_once_and_after_its_term(item):
    over = item.get().opened_at + TERM
    with pytest.raises(DatabaseError, match="after its term"), transaction.atomic():
        item.update(unclaimed_since=over)  # The pack names no term.
    SuspenseRule.objects.update_or_create(
        currency="RWF",
        defaults={"legal_term_days": TERM.days},
        create_defaults={
            "write_off_max_minor": None,
            "legal_term_days": TERM.days,
            "loss_max_minor": None,
        },
    )
    for early in (NOON, over - timedelta(seconds=1)):
        with pytest.raises(DatabaseError, match="after its term"), transaction.atomic():
            item.update(unclaimed_since=early)
    item.update(unclaimed_since=over + timedelta(days=2))
    for moved in (over + timedelta(days=1), over + timedelta(days=3), None):
        with pytest.raises(DatabaseError, match="unclaimed once"), transaction.atomic():
            item.update(unclaimed_since=moved)
    item.update(unclaimed_since=over + timedelta(days=2))
