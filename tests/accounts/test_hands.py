"""Two people are two pairs of hands: not one person twice, nor two who read the same phone."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from accounts import operations, queries
from accounts.models import FactorReset, Grant, Invitation, PersonContact
from tests.accounts.conftest import refused_by as refused_by
from tests.accounts.people import citizen, officer, person, staff
from tests.world import NOON

pytestmark = pytest.mark.django_db
DECIDE = "case.decide"


def in_postgresql(one: int, other: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT accounts_same_hands(%s, %s)", [one, other])
        return bool(cursor.fetchone()[0])


def share_a_phone(*accounts, contact_id: int) -> None:
    for one in accounts:
        PersonContact.objects.create(person_id=one.person_id, contact_id=contact_id, from_at=NOON)


def test_two_accounts_of_one_person_are_one_pair_of_hands():
    somebody = person(family_name="Mugisha", given_names="Ange")
    first, second = staff(person=somebody), staff(person=somebody)
    other, nobody, stranger = staff(), staff(person=None), staff(person=None)

    assert queries.same_hands(first.pk, first.pk)
    assert queries.same_hands(first.pk, second.pk)
    assert not queries.same_hands(first.pk, other.pk)
    # Of whom nobody knows who they are, nothing can be said.
    assert not queries.same_hands(nobody.pk, stranger.pk)
    assert not queries.same_hands(first.pk, nobody.pk)
    assert not queries.same_hands(None, first.pk)


def test_whoever_shares_a_phone_is_one_pair_of_hands_for_code_and_postgresql_alike():
    uwase, her_officer, colleague, other = citizen(), staff(), staff(), staff()
    share_a_phone(her_officer, colleague, contact_id=uwase.contact_id)
    pairs = [
        (her_officer.pk, colleague.pk, True),
        (her_officer.pk, uwase.account_id, True),  # The login that the phone itself is.
        (her_officer.pk, other.pk, False),
        (other.pk, uwase.account_id, False),
        (other.pk, other.pk, True),
    ]
    for one, two, expected in pairs:
        assert queries.same_hands(one, two) is expected
        assert in_postgresql(one, two) is expected
    # A phone that she no longer has binds her to nobody.
    PersonContact.objects.filter(person_id=colleague.person_id).update(until_at=NOON)
    assert not queries.same_hands(her_officer.pk, colleague.pk)
    assert not in_postgresql(her_officer.pk, colleague.pk)


def test_a_right_is_not_confirmed_at_the_phone_from_which_it_was_given(refused_by):
    giver, confirmer = officer("rights.give"), officer("rights.confirm")
    holder = staff()
    given_id = operations.grant(
        account_id=holder.pk, act=DECIDE, given_by_id=giver, from_at=NOON, at=NOON
    )
    shared = citizen().contact_id
    share_a_phone(*queries.accounts([giver, confirmer]), contact_id=shared)
    with pytest.raises(operations.SamePerson):
        operations.confirm_grant(grant_id=given_id, confirmed_by_id=confirmer, at=NOON)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Grant.objects.filter(pk=given_id).update(confirmed_by=confirmer, confirmed_at=NOON)
    assert refused_by(refused.value) == "grant_different_people"
    # What takes power away stays possible.
    operations.end_grant(grant_id=given_id, ended_by_id=confirmer, at=NOON)
    other = operations.grant(
        account_id=staff().pk, act=DECIDE, given_by_id=giver, from_at=NOON, at=NOON
    )
    PersonContact.objects.filter(contact_id=shared).update(until_at=NOON)
    operations.confirm_grant(grant_id=other, confirmed_by_id=confirmer, at=NOON)


def test_neither_invitation_nor_reset_is_made_at_the_phone_of_whom_it_is_for(refused_by):
    one, other = staff(), staff()
    share_a_phone(one, other, contact_id=citizen().contact_id)
    asks = [
        lambda: Invitation.objects.create(
            account=one, by=other, at=NOON, expires_at=NOON + timedelta(hours=1), due_at=NOON
        ),
        lambda: FactorReset.objects.create(
            account=one, note="lost all", asked_by=other, asked_at=NOON
        ),
    ]
    for ask, name in zip(
        asks, ("invitation_by_another", "factor_reset_different_people"), strict=True
    ):
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            ask()
        assert refused_by(refused.value) == name


# --- whoever gives a right has the right to, whatever the code above says


def raw(holder, given_by, **more: object) -> Grant:
    told = {"act": DECIDE, "from_at": NOON, "given_at": NOON, "given_by_id": given_by}
    return Grant.objects.create(account=holder, **{**told, **more})


def test_postgresql_asks_whether_the_giver_could_give_it(country_tree, refused_by):
    giver, holder = officer("rights.give", area_code="12"), staff()
    raw(holder, giver, area=country_tree["1209"])
    wider = {"area": None}, {"area": country_tree["1301"]}
    nobodys = {"given_by_id": staff().pk, "area": country_tree["1209"]}
    confirmers = {"given_by_id": officer("rights.confirm"), "area": country_tree["1209"]}
    for wrong in (*wider, nobodys, confirmers):
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            raw(staff(), wrong.pop("given_by_id", giver), **wrong)
        assert refused_by(refused.value) == "grant_given_by_right"


def test_postgresql_asks_whether_the_confirmer_could_confirm_it(country_tree, refused_by):
    giver, confirmer = officer("rights.give"), officer("rights.confirm", area_code="12")
    here = raw(staff(), giver, area=country_tree["1209"])
    there = raw(staff(), giver, area=country_tree["1301"])
    confirms = {"confirmed_by_id": confirmer, "confirmed_at": NOON}
    for grant, by in ((there, confirmer), (here, staff().pk)):
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            Grant.objects.filter(pk=grant.pk).update(**{**confirms, "confirmed_by_id": by})
        assert refused_by(refused.value) == "grant_confirmed_by_right"
    assert Grant.objects.filter(pk=here.pk).update(**confirms) == 1


def test_a_giver_who_may_no_longer_gives_nothing_that_counts(refused_by):
    giver, confirmer = officer("rights.give"), officer("rights.confirm")
    officer("rights.give")  # Somebody else stays.
    waiting = raw(staff(), giver)
    Grant.objects.filter(account_id=giver).update(ended_by=confirmer, ended_at=NOON)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Grant.objects.filter(pk=waiting.pk).update(confirmed_by=confirmer, confirmed_at=NOON)
    assert refused_by(refused.value) == "grant_confirmed_by_right"


def test_only_the_first_two_rights_come_from_nobodys(refused_by):
    giver, confirmer, witness = staff(), staff(), staff()
    founding = {"giver_id": giver.pk, "confirmer_id": confirmer.pk, "witness_id": witness.pk}
    operations.found_rights(**founding, at=NOON)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        raw(witness, confirmer.pk, act="rights.give")
    assert refused_by(refused.value) == "grant_given_by_right"
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        raw(witness, confirmer.pk, act=DECIDE)
    assert refused_by(refused.value) == "grant_given_by_right"
