"""Who worked here is forgotten as a citizen; what she decided as an officer keeps her name."""

import pytest
import time_machine
from django.db import IntegrityError, transaction

from accounts.models import Account
from accounts.states import ErasureState
from kernel import erasing
from tests.accounts import people
from tests.accounts.conftest import refused_by as refused_by
from tests.applications.browser import citizen_at, officer_at, text_of
from tests.applications.privacy import forgetting
from tests.applications.privacy.forgetting import LATER

pytestmark = pytest.mark.django_db


@pytest.fixture
def uwase(house):
    return people.citizen(family_name="Uwase", given_names="Marie-Louise")


@pytest.fixture
def once(uwase) -> int:
    """Her account of staff, closed since."""
    account = people.staff(person_id=uwase.person_id, display_name="M. Uwase, registrar")
    Account.objects.filter(pk=account.pk).update(is_active=False)
    return account.pk


def test_her_name_as_an_officer_stays_and_leads_to_nothing_else(uwase, once, refused_by):
    assert forgetting.erased(uwase).state == ErasureState.DONE
    kept = Account.objects.get(pk=once)
    assert (kept.display_name, kept.person_id) == ("M. Uwase, registrar", None)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Account.objects.filter(pk=once).update(person_id=uwase.person_id)
    assert refused_by(refused.value) == "erased_person_unreached"


def test_it_is_said_to_her_before_and_to_whoever_decides(uwase, once):
    assert "officer_name" in {one.code for one in erasing.remains()}
    with time_machine.travel(LATER, tick=False):
        assert "your name and address as an officer" in text_of(
            citizen_at(uwase).get("/account/erasure/")
        )
        erasure_id = forgetting.asked(uwase)
        other = forgetting.asked(people.citizen())
        decider = officer_at(forgetting.decider())
        for pk, said in ((erasure_id, True), (other, False)):
            page = text_of(decider.get(f"/staff/erasures/{pk}/"))
            assert ("This person worked here." in page) is said
