"""A mother applies for her child: the case is the child's, and hers to follow while she may."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts import operations as accounts
from accounts.models import Guardianship
from applications import operations, policies
from applications.models import Application
from applications.queries import interests
from tests.accounts import people
from tests.applications import world
from tests.applications.browser import citizen_at, text_of
from tests.world import NOON

pytestmark = pytest.mark.django_db
START = reverse("applications:start", args=[world.BIRTH])


def begun_for(mother, ward_id):
    number = operations.start_draft(
        service_code=world.BIRTH,
        holder_id=ward_id,
        guardian_id=mother.person_id,
        account_id=mother.account_id,
        contact_id=mother.contact_id,
        language="en",
        at=NOON,
    )
    case = world.case(number)
    operations.save_answers(
        application_id=case.pk, holder_id=ward_id, given=world.ANSWERS[world.BIRTH]
    )
    return world.fresh(case)


def sent(case, mother, *, at=NOON):
    return operations.submit(
        application_ids=[case.pk], holder_id=case.holder_id, by_id=mother.account_id, at=at
    )


def test_the_start_page_asks_for_whom_and_the_case_is_the_childs(mother, keza):
    browser = citizen_at(mother)
    page = text_of(browser.get(START))
    assert "Who is it for?" in page
    assert "Keza Mukamana" in page
    # After the questions before starting too: a case of her own would be the wrong one.
    assert browser.post(START, {"screened": "1"}).url == START
    assert not Application.objects.exists()
    browser.post(START, {"for": keza})
    case = Application.objects.get()
    assert (case.holder_id, case.guardian_id) == (keza, mother.person_id)
    assert browser.get(reverse("applications:case", args=[case.number])).status_code == 200
    assert "for Keza Mukamana" in text_of(browser.get(reverse("applications:mine")))
    group = reverse("applications:group", args=[case.number, "district"])
    assert browser.post(group, {"district": "12"}).status_code == 302
    assert world.fresh(case).given == {"district": "12"}


def test_she_sends_it_in_and_the_child_may_read_it_too(mother, keza):
    case = begun_for(mother, keza)
    review = reverse("applications:review", args=[case.number])
    assert citizen_at(mother).post(review).status_code == 302
    assert world.fresh(case).status == "AWAITING_PAYMENT"


@pytest.mark.parametrize("typed", ["999999", "x", "-1", "stranger"])
def test_for_anybody_else_she_applies_as_herself_or_not_at_all(mother, keza, typed):
    stranger = people.citizen()
    citizen_at(mother).post(START, {"for": stranger.person_id if typed == "stranger" else typed})
    assert Application.objects.get().holder_id == mother.person_id
    with pytest.raises(operations.NotHers):
        begun_for(mother, stranger.person_id)


def test_a_childs_case_is_not_there_for_others_nor_for_the_other_parent(mother, keza):
    case = begun_for(mother, keza)
    address = reverse("applications:case", args=[case.number])
    father = people.citizen()
    for other in (father, people.citizen(phone=mother.phone)):
        browser = citizen_at(other)
        assert browser.get(address).status_code == 404
        assert case.number not in text_of(browser.get(reverse("applications:mine")))


def test_at_majority_her_access_ends_without_any_job(mother, keza):
    case = begun_for(mother, keza)
    until_on = Guardianship.objects.get(ward_id=keza).until_on
    after = NOON.replace(year=until_on.year, month=until_on.month, day=until_on.day)
    with time_machine.travel(after):
        browser = citizen_at(mother)
        assert browser.get(reverse("applications:case", args=[case.number])).status_code == 404
        assert case.number not in text_of(browser.get(reverse("applications:mine")))
        assert "Keza" not in text_of(browser.get(START))
    with pytest.raises(operations.NotHers):
        sent(case, mother, at=after)


def test_when_she_acts_no_longer_the_case_closes_to_her_at_once(mother, keza):
    case = begun_for(mother, keza)
    accounts.end_guardianship(
        guardianship_id=Guardianship.objects.get(ward_id=keza).pk,
        guardian_id=mother.person_id,
        account_id=mother.account_id,
        at=NOON,
    )
    later = NOON + timedelta(seconds=1)
    with time_machine.travel(later):
        address = reverse("applications:case", args=[case.number])
        assert citizen_at(mother).get(address).status_code == 404
    with pytest.raises(operations.NotHers):
        sent(case, mother, at=later)


def test_postgresql_knows_who_may_apply_for_whom(mother, keza, refused_by):
    stranger = people.citizen()
    case = begun_for(mother, keza)
    copy = Application.objects.get(pk=case.pk)
    copy.pk, copy.number, copy.guardian_id = None, "BC-26-11111111", stranger.person_id
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        copy.save(force_insert=True)
    assert refused_by(refused.value) == "case_of_a_ward"
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Application.objects.filter(pk=case.pk).update(guardian=stranger.person_id)
    assert refused_by(refused.value) == "case_guardian_unchanged"


def test_an_officer_never_decides_over_her_own_childs_case(mother, keza):
    herself = world.officer(person_id=mother.person_id)
    case = begun_for(mother, keza)
    assert interests.is_kept_out(case.pk, herself)
    assert not interests.is_kept_out(case.pk, world.officer())
    assert policies.has_interest(
        account_id=herself,
        person_id=mother.person_id,
        holder_id=keza,
        applicant_id=0,
        guardian_id=mother.person_id,
    )
