"""A service says how sure it must be of who applies, and nobody less sure gets through."""

import pytest
import yaml
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts import operations as accounts
from accounts import queries
from accounts.models import Person
from accounts.states import Assurance
from applications import operations, policies
from applications.models import Application
from catalogue.definition import BadDefinition, Definition
from tests.accounts import people
from tests.accounts.citizens import world as citizens
from tests.accounts.conftest import entry
from tests.applications import world
from tests.applications.browser import citizen_at, text_of
from tests.applications.packing import RW
from tests.applications.people.conftest import MET
from tests.world import NOON

pytestmark = pytest.mark.django_db
world.ANSWERS[MET] = world.ANSWERS[world.BIRTH]
SERVICE = yaml.safe_load((RW / "services" / "birth-certificate.yaml").read_text())


def met(mother):
    citizens.met(entry(), citizens.officer("person.meet"), phone=mother.phone)


@pytest.mark.parametrize("held", Assurance)
@pytest.mark.parametrize("wanted", Assurance)
def test_the_surer_one_is_enough(held, wanted):
    order = [Assurance.PHONE, Assurance.MATCHED, Assurance.MET]
    assert policies.is_sure_enough(held, wanted) == (order.index(held) >= order.index(wanted))


def test_who_was_not_met_cannot_begin_and_is_told_how(mother):
    with pytest.raises(operations.NotSureEnough):
        world.draft(mother, MET)
    browser = citizen_at(mother)
    start = reverse("applications:start", args=[MET])
    page = text_of(browser.get(start))
    assert "must be surer who you are" in page
    assert reverse("accounts:own") in page
    browser.post(start)
    assert not Application.objects.exists()
    assert "met you once at a counter" in text_of(
        Client().get(reverse("catalogue:service", args=[MET]))
    )


def test_once_met_she_applies(mother):
    met(mother)
    case = world.draft(mother, MET)
    world.submit(mother, case)
    assert world.fresh(case).status == "AWAITING_PAYMENT"


def test_postgresql_asks_again_when_it_is_sent_in(mother, refused_by):
    case = world.draft(mother)
    Person.objects.filter(pk=mother.person_id).update(assurance=Assurance.PHONE)
    with pytest.raises(operations.NotSureEnough):
        world.submit(mother, case)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Application.objects.filter(pk=case.pk).update(status="PAID", submitted_at=NOON)
    assert refused_by(refused.value) == "case_of_a_sure_person"


def test_a_matched_person_needs_no_more_where_a_register_is_cited(mother):
    world.submit(mother, world.draft(mother))


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        ({}, Assurance.MATCHED),
        ({"assurance": "phone"}, Assurance.PHONE),
        ({"assurance": "met"}, Assurance.MET),
    ],
)
def test_what_a_service_says_or_its_register_wants(told, wanted):
    assert Definition.from_dict({**SERVICE, **told}).assurance_wanted == wanted


def test_an_unknown_level_is_refused_with_its_key():
    with pytest.raises(BadDefinition, match="assurance: unknown"):
        Definition.from_dict({**SERVICE, "assurance": "certain"})


def test_her_cases_go_with_her_to_the_new_phone(mother):
    sibling = people.citizen(phone=mother.phone)
    hers, siblings = world.draft(mother), world.draft(sibling)
    change = citizens.asked(mother, NOON)
    code_id, digits = citizens.code_to(change, NOON, to_new=False)
    accounts.confirm_by_old_phone(
        change_id=change, code_id=code_id, typed=digits, binding=citizens.BROWSER, at=NOON
    )
    new_id = queries.own_contact_id(mother.person_id)
    for _ in range(2):
        operations.follow_phone(
            person_id=mother.person_id, old_contact_id=mother.contact_id, new_contact_id=new_id
        )
    assert world.fresh(hers).contact_id == new_id
    assert world.fresh(siblings).contact_id == mother.contact_id
