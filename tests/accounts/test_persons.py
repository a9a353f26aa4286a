from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from accounts import operations as accounts
from accounts import queries
from accounts.models import Person
from tests.accounts.conftest import entry
from tests.accounts.people import Citizen, citizen
from tests.world import NOON

pytestmark = pytest.mark.django_db


def prove(account_id: int, **of_entry: object) -> Person:
    return accounts.prove_person(account_id=account_id, entry=entry(**of_entry), at=NOON)


def is_reached(person: Person, phone: Citizen) -> bool:
    return person.contacts.filter(contact_id=phone.contact_id, until_at=None).exists()


def test_a_proved_person_is_bound_to_the_phone_that_proved_her():
    phone = citizen()
    person = prove(phone.account_id)
    assert queries.person(person.pk).name == "Béatrice Mukamana"
    assert queries.person(person.pk).assurance == "matched"
    assert is_reached(person, phone)


def test_proving_twice_is_one_person_with_what_the_register_says_now():
    phone = citizen()
    before = prove(phone.account_id)
    after = prove(phone.account_id, family_name="Mukamana-Ndayisaba")
    assert after.pk == before.pk
    assert queries.person(before.pk).family_name == "Mukamana-Ndayisaba"
    assert after.contacts.count() == 1


def test_several_persons_share_one_phone():
    phone = citizen()
    mother = prove(phone.account_id)
    son = prove(phone.account_id, national_id="1201588000000101", born_on=date(2015, 1, 3))
    assert mother.pk != son.pk
    for person in (mother, son):
        assert is_reached(person, phone)


def test_somebody_elses_number_does_not_bind_her_to_a_second_phone():
    hers, strangers = citizen(), citizen()
    person = prove(hers.account_id)
    with pytest.raises(accounts.BoundToAnotherPhone):
        prove(strangers.account_id, family_name="Stolen")
    assert queries.person(person.pk).family_name == "Mukamana"
    assert not is_reached(person, strangers)


def test_a_binding_that_has_ended_frees_the_person_for_another_phone():
    old, new = citizen(), citizen()
    person = prove(old.account_id)
    person.contacts.update(until_at=NOON + timedelta(days=1))
    assert prove(new.account_id).pk == person.pk


def test_tries_are_counted_by_account_and_returned_where_they_were_right():
    account_id = citizen().account_id
    for _ in range(9):
        accounts.allow_proof(account_id=account_id, national_id="1", at=NOON)
        accounts.return_proof(account_id=account_id, national_id="1")
    for number in range(5):
        accounts.allow_proof(account_id=account_id, national_id=str(number), at=NOON)
    with pytest.raises(accounts.BudgetSpent, match=r"proof\.account"):
        accounts.allow_proof(account_id=account_id, national_id="6", at=NOON)
    accounts.allow_proof(account_id=account_id, national_id="6", at=NOON + timedelta(hours=1))


def test_one_number_is_not_guessed_at_by_many_accounts():
    for account_id in range(10):
        accounts.allow_proof(account_id=account_id, national_id="1", at=NOON)
    with pytest.raises(accounts.BudgetSpent, match=r"proof\.number"):
        accounts.allow_proof(account_id=99, national_id="1", at=NOON)


def test_the_national_number_is_ciphertext_and_kept_once(refused_by):
    person = prove(citizen().account_id)
    with connection.cursor() as cursor:
        cursor.execute("SELECT national_id FROM accounts_person WHERE id = %s", [person.pk])
        assert b"1199078" not in bytes(cursor.fetchone()[0])
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.create(
            family_name="Twin",
            national_id=person.national_id,
            national_id_index=person.national_id_index,
        )


def test_no_number_without_its_index_and_no_match_without_identity(refused_by):
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Person.objects.create(family_name="Half", national_id="1199078000000104")
    assert refused_by(refused.value) == "national_id_with_its_index"
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Person.objects.create(family_name="Said so", assurance="matched")
    assert refused_by(refused.value) == "matched_person_has_identity"


def test_what_is_shown_of_a_person_in_a_log_names_nobody():
    view = queries.person(prove(citizen().account_id).pk)
    assert "Mukamana" not in repr(view)
    assert "1990" not in repr(view)
    assert "Mukamana" not in str(Person.objects.get(pk=view.id))
