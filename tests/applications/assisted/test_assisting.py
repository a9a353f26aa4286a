"""Whoever is helped agrees first, owns the case, and ends the help when she likes."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from accounts import operations as people_operations
from accounts.models import Account, PersonContact
from accounts.policies import NotGranted
from applications import operations, policies, queries
from applications.models import Assistance, HelpConsent, StatusChange
from applications.queries import assisting
from kernel.models import EventRow
from tests.accounts import people
from tests.applications import world
from tests.applications.assisted.world import (
    BROWSER,
    NAMES,
    agreed,
    agreed_on_paper,
    ask,
    assistance,
    at_office,
    begin,
    client,
    client_of,
    fill_in,
    helper,
    prove,
    revoke,
    scan,
    send_in,
    witness,
)
from tests.applications.packing import FAR, HOME
from tests.world import NOON

pytestmark = pytest.mark.django_db
WITNESS_ACTS = ("case.receive",)


@pytest.fixture
def chantal(house):
    return helper(HOME, *WITNESS_ACTS, display_name="Chantal")


# --- agreeing by phone ------------------------------------------------------------------------


def test_with_the_code_of_her_phone_a_case_begins_and_is_hers(esther, rose, commits):
    case = agreed(esther, rose)
    assert case.status == "DRAFT"
    assert Account.objects.get(pk=case.account_id).contact_id == case.contact_id
    assert PersonContact.objects.get(person=case.holder_id).contact_id == case.contact_id
    assert [one.number for one in queries.mine(case.holder_id, at=NOON)] == [case.number]
    assert [one.number for one in queries.helped(esther)] == [case.number]
    assert EventRow.objects.filter(name="applications.case.consent_given").count() == 1
    commits()


def test_without_the_code_there_is_no_case(esther, rose):
    consent = begin(esther, rose)
    with pytest.raises(people_operations.CodeWrong):
        prove(consent, esther, "000000")
    good = ask(consent, esther)
    wrong = "111111" if good != "111111" else "222222"
    with pytest.raises(people_operations.CodeWrong):
        prove(consent, esther, wrong)
    assert not world.Application.objects.exists()
    with pytest.raises(people_operations.CodeExpired):
        prove(consent, esther, good, at=NOON + timedelta(minutes=11))


def test_the_code_of_one_consent_opens_no_other_and_none_twice(esther, rose):
    first, second = begin(esther, rose), begin(esther, rose, service=world.SINGLE)
    digits = ask(first, esther)
    HelpConsent.objects.filter(pk=second.pk).update(
        code_id=HelpConsent.objects.get(pk=first.pk).code_id
    )
    with pytest.raises(people_operations.CodeWrong):
        prove(second, esther, digits)
    prove(first, esther, digits)
    with pytest.raises(operations.NoSuchConsent):
        prove(first, esther, digits)


def test_the_code_of_a_consent_signs_nobody_in(esther, rose):
    consent = begin(esther, rose)
    digits = ask(consent, esther)
    code_id = HelpConsent.objects.get().code_id
    with pytest.raises(people_operations.CodeWrong):
        people_operations.check_code(code_id=code_id, typed=digits, binding=BROWSER, at=NOON)


def test_a_consent_of_another_helper_is_nothing_to_her(esther, rose):
    consent, other = begin(esther, rose), helper()
    digits = ask(consent, esther)
    with pytest.raises(operations.NoSuchConsent):
        prove(consent, other, digits)
    assert prove(consent, esther, digits)


def test_only_whoever_holds_the_right_helps_at_her_own_office(house, rose):
    for stranger in (people.officer("case.assist", area_code=HOME), helper(FAR, "case.sign")):
        with pytest.raises(NotGranted):
            begin(stranger, rose)
    far = people.officer("case.assist", area_code=HOME, office_id=world.office_id(FAR))
    with pytest.raises(NotGranted):
        begin(far, rose)


def test_nobody_helps_herself_nor_with_her_own_phone(house, uwase):
    herself = helper(person_id=uwase.person_id)
    with pytest.raises(policies.OwnCase):
        begin(herself, client_of(uwase))
    with pytest.raises(policies.OwnCase):
        begin(herself, client(uwase.phone))
    with pytest.raises(IntegrityError, match="nobody helps herself"), transaction.atomic():
        Assistance.objects.create(
            helper_id=herself,
            office_id=world.office_id(),
            service_code=world.BIRTH,
            holder_id=uwase.person_id,
            contact_id=uwase.contact_id,
            language="en",
            fee_minor=0,
            fee_currency="RWF",
            begun_at=NOON,
        )


def test_who_proves_herself_from_another_phone_is_not_bound_to_the_helpers_choice(esther, known):
    with pytest.raises(people_operations.BoundToAnotherPhone):
        begin(esther, client("+250790000999", **_facts(known)))
    assert begin(esther, known)


def _facts(whom):
    return {name: getattr(whom.entry, name) for name in NAMES}


@pytest.mark.parametrize("fee_minor", [-1, 10**9])
def test_a_declared_fee_is_one_that_somebody_could_ask(esther, rose, fee_minor):
    with pytest.raises(operations.FeeRefused):
        begin(esther, rose, fee_minor=fee_minor)


# --- agreeing on paper ------------------------------------------------------------------------


def test_a_signed_slip_counts_once_a_second_member_of_staff_has_seen_it(
    esther, rose, chantal, commits
):
    consent = begin(esther, rose, kind="slip")
    sha256 = scan(consent, esther)
    assert [one.pk for one in assisting.waiting_slips(account_id=chantal, at=NOON)] == [consent.pk]
    case = world.case(witness(consent, chantal, sha256))
    assert case.status == "DRAFT"
    # Nobody has shown the phone: it is written to, and binds nobody.
    assert not PersonContact.objects.filter(person=case.holder_id).exists()
    assert assisting.waiting_slips(account_id=chantal, at=NOON) == []
    commits()


def test_the_helper_is_not_the_witness_under_any_account(esther, rose, chantal):
    consent = begin(esther, rose, kind="slip")
    sha256 = scan(consent, esther)
    twin = helper(HOME, *WITNESS_ACTS, person_id=Account.objects.get(pk=esther).person_id)
    for one in (esther, twin):
        with pytest.raises(operations.WitnessIsHelper):
            witness(consent, one, sha256)
    with pytest.raises(IntegrityError, match="not its witness"), transaction.atomic():
        HelpConsent.objects.filter(pk=consent.pk).update(witness=twin, given_at=NOON)
    with pytest.raises(NotGranted):
        witness(consent, helper(FAR, *WITNESS_ACTS), sha256)
    assert witness(consent, chantal, sha256)


def test_who_shares_a_phone_with_whose_slip_it_is_is_not_its_witness(esther, uwase, known, chantal):
    consent = begin(esther, known, kind="slip")
    sha256, husband = scan(consent, esther), helper(HOME, *WITNESS_ACTS)
    PersonContact.objects.create(
        person_id=Account.objects.get(pk=husband).person_id,
        contact_id=uwase.contact_id,
        from_at=NOON,
    )
    with pytest.raises(operations.WitnessIsHelper):
        witness(consent, husband, sha256)
    with pytest.raises(IntegrityError, match="close to whose it is"), transaction.atomic():
        HelpConsent.objects.filter(pk=consent.pk).update(witness=husband, given_at=NOON)
    assert witness(consent, chantal, sha256)


def test_a_witness_confirms_the_scan_that_she_saw_and_no_other(esther, rose, chantal):
    consent = begin(esther, rose, kind="slip")
    seen = scan(consent, esther)
    scan(consent, esther, b"%PDF-1.4 another slip")
    with pytest.raises(operations.NoSuchConsent):
        witness(consent, chantal, seen)


def test_on_paper_it_is_her_own_phone_that_is_told(esther, known, chantal):
    elsewhere = client("+250790000999", **_facts(known))
    case = agreed_on_paper(esther, elsewhere, chantal)
    assert people_operations.know_phone(phone=known.phone, language="en") == case.contact_id


# --- while it lasts ---------------------------------------------------------------------------


def test_she_fills_in_and_sends_in_and_the_bill_is_the_citizens(esther, rose, commits):
    case = agreed(esther, rose)
    sent = send_in(case, esther)
    assert sent.bill_id is not None
    assert world.fresh(case).status == "AWAITING_PAYMENT"
    assert world.fresh(case).account_id != esther
    commits()


def test_a_stranger_and_a_helper_without_consent_send_nothing_in(esther, rose, uwase):
    case, hers = agreed(esther, rose), world.draft(uwase)
    for one in (case, hers):
        with pytest.raises(operations.NotHelping):
            operations.submit_for(application_id=one.pk, helper_id=helper(), at=NOON)
    # By the door of the citizen it is PostgreSQL that refuses.
    with pytest.raises(IntegrityError, match="has not agreed"), transaction.atomic():
        operations.submit(
            application_ids=[hers.pk], holder_id=hers.holder_id, by_id=esther, at=NOON
        )
    assert world.submit(uwase, hers).bill_id


def test_revoked_it_is_hers_alone_and_she_goes_on_by_herself(esther, rose):
    case = agreed(esther, rose)
    fill_in(case, esther)
    revoke(case)
    revoke(case, at=NOON + timedelta(hours=1))
    assert assistance(case).revoked_at == NOON
    assert queries.helped(esther) == []
    assert queries.helped_case(case.number, helper_id=esther) is None
    with pytest.raises(operations.NotHelping):
        operations.submit_for(application_id=case.pk, helper_id=esther, at=NOON)
    with pytest.raises(operations.NotHelping):
        fill_in(case, esther)
    with pytest.raises(IntegrityError, match="has not agreed"), transaction.atomic():
        operations.submit(
            application_ids=[case.pk], holder_id=case.holder_id, by_id=esther, at=NOON
        )
    sent = operations.submit(
        application_ids=[case.pk], holder_id=case.holder_id, by_id=case.account_id, at=NOON
    )
    assert sent.bill_id is not None


def test_nobody_else_revokes_it(esther, rose, uwase):
    case = agreed(esther, rose)
    with pytest.raises(operations.NotHers):
        operations.revoke_consent(application_id=case.pk, holder_id=uwase.person_id, at=NOON)
    with pytest.raises(operations.NotHelping):
        revoke(world.draft(uwase))


def test_what_a_completion_asks_for_is_mended_with_a_consent_to_just_that(esther, rose, staffed):
    case = at_office(agreed(esther, rose), esther)
    officer_id = case.officer_id
    operations.take(application_id=case.pk, by_id=officer_id, at=NOON)
    operations.ask_completion(
        application_id=case.pk,
        by_id=officer_id,
        version=world.fresh(case).version,
        fields={"father_name": "unclear"},
        at=NOON,
    )
    mended = {"father_name": "Umutesi Jean"}

    def mend():
        operations.complete_for(
            application_id=case.pk, helper_id=esther, given=mended, at=NOON + timedelta(hours=1)
        )

    with pytest.raises(operations.NotHelping):
        mend()
    with pytest.raises(IntegrityError, match="has not agreed"), transaction.atomic():
        operations.complete(
            application_id=case.pk,
            holder_id=case.holder_id,
            by_id=esther,
            given=mended,
            at=NOON + timedelta(hours=1),
        )
    asked = [
        operations.ask_to_mend(application_id=case.pk, helper_id=esther, at=NOON) for _ in range(2)
    ]
    assert len(set(asked)) == 1
    consent = HelpConsent.objects.get(pk=asked[0])
    assert prove(consent, esther, ask(consent, esther)) == case.number
    mend()
    assert world.fresh(case).status == "UNDER_REVIEW"


def test_two_helpers_do_not_share_an_empty_draft(esther, rose):
    agreed(esther, rose)
    second = helper()
    consent = begin(second, rose)
    with pytest.raises(operations.AlreadyHelped):
        prove(consent, second, ask(consent, second))


# --- interest ---------------------------------------------------------------------------------


def test_no_case_is_laid_before_whoever_helped_with_it_be_there_nobody_else(rose):
    both = helper(HOME, "case.assist", "case.decide", "case.sign")
    assert at_office(agreed(both, rose), both).officer_id is None


def test_whoever_helped_never_decides_even_when_it_is_over(staffed, rose):
    both = helper(HOME, "case.assist", "case.decide", "case.sign")
    case = at_office(agreed(both, rose), both)
    assert case.officer_id in {staffed.aline, staffed.bosco}
    revoke(case)
    with pytest.raises(policies.OwnCase):
        operations.take(application_id=case.pk, by_id=both, at=NOON)
    person_id = Account.objects.get(pk=both).person_id
    assert queries.at_desk(case.number, account_id=both, person_id=person_id, at=NOON) is None
    twin = world.officer(person_id=person_id)
    with pytest.raises(policies.OwnCase):
        operations.take(application_id=case.pk, by_id=twin, at=NOON)
    for one in (both, twin):
        with pytest.raises(IntegrityError, match="has an interest"), transaction.atomic():
            world.Application.objects.filter(pk=case.pk).update(officer_id=one)
        with pytest.raises(IntegrityError, match="interest in it"), transaction.atomic():
            StatusChange.objects.create(
                application=case,
                version=99,
                source="IN_QUEUE",
                target="UNDER_REVIEW",
                changed_at=NOON,
                changed_by_id=one,
            )


# --- what PostgreSQL keeps --------------------------------------------------------------------


@pytest.mark.parametrize("changed", [{"fee_minor": 0}, {"helper": 1}, {"language": "rw"}])
def test_what_was_agreed_to_stays_as_it_was(esther, rose, changed):
    case = agreed(esther, rose)
    with pytest.raises(DatabaseError), transaction.atomic():
        Assistance.objects.filter(application=case).update(**changed)
    with pytest.raises(DatabaseError), transaction.atomic():
        Assistance.objects.filter(application=case).delete()


def test_a_consent_without_its_proof_or_given_twice_is_refused(esther, rose):
    consent = begin(esther, rose)
    for changed in ({"given_at": NOON}, {"given_at": NOON, "code_id": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            HelpConsent.objects.filter(pk=consent.pk).update(**changed)
    prove(consent, esther, ask(consent, esther))
    with pytest.raises(IntegrityError, match="stays as it was given"), transaction.atomic():
        HelpConsent.objects.filter(pk=consent.pk).update(given_at=None)


def test_no_case_is_put_under_a_help_to_which_nobody_agreed(esther, rose, uwase):
    consent = begin(esther, rose)
    with pytest.raises(IntegrityError, match="draft of hers"), transaction.atomic():
        Assistance.objects.filter(pk=consent.assistance_id).update(application=world.draft(uwase))
