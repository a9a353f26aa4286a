"""An agent helps under her licence, for what she has declared, and one phone is one family."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Account, Agent
from accounts.policies import NotGranted
from applications import operations, policies, queries
from applications.models import Application, Assistance, HelpConsent, HelpHold
from applications.queries import agents as reading
from tests.accounts import people
from tests.accounts.agents import world as licences
from tests.applications import world
from tests.applications.assisted.world import (
    agreed,
    ask,
    begin,
    client,
    fill_in,
    helper,
    prove,
    revoke,
    send_in,
)
from tests.applications.packing import FAR, HOME
from tests.world import NOON

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
LATER = NOON + 8 * HOUR
MAX = policies.PERSONS_OF_A_PHONE_MAX
FAMILY_PHONE = "+250790009999"


def rule(error: pytest.ExceptionInfo[IntegrityError]) -> str:
    return error.value.__cause__.diag.constraint_name


def licence(account_id: int) -> Agent:
    return Agent.objects.get(account_id=account_id)


def raw_help(helper_id: int, **changed: object) -> Assistance:
    """A help written past every operation, as whoever has the application's login could."""
    citizen = people.citizen()
    values: dict[str, object] = {
        "helper_id": helper_id,
        "office_id": world.office_id(),
        "service_code": world.BIRTH,
        "holder_id": citizen.person_id,
        "contact_id": citizen.contact_id,
        "language": "en",
        "fee_minor": 500,
        "fee_currency": "RWF",
        "begun_at": NOON,
    }
    with transaction.atomic():
        return Assistance.objects.create(**(values | changed))


# --- under her licence ------------------------------------------------------------------------


def test_an_agent_applies_with_somebody_who_reads_the_name_of_the_business(odette, rose, commits):
    case = agreed(odette, rose)
    assert queries.helper_words(case.pk).organisation == "Lake Kiosk"
    sent = send_in(case, odette)
    assert sent.bill_id is not None
    commits()


def test_she_takes_no_more_than_she_has_declared(odette, rose):
    with pytest.raises(operations.FeeRefused) as refused:
        begin(odette, rose, fee_minor=501)
    assert refused.value.most_minor == 500
    with pytest.raises(IntegrityError) as raw:
        raw_help(odette, fee_minor=501)
    assert rule(raw) == "help_fee_as_declared"
    assert begin(odette, rose, fee_minor=0)
    assert raw_help(odette)


def test_nobody_takes_more_than_the_country_allows(house, rose):
    with pytest.raises(operations.FeeRefused):
        begin(helper(), rose, fee_minor=5001)


def test_a_licence_of_another_area_and_one_that_nobody_confirmed_let_her_help_nobody(house, rose):
    elsewhere, unconfirmed = helper(), helper()
    licences.licensed(elsewhere, area_code=FAR)
    licences.registered(unconfirmed, by_id=licences.overseer(), area_code=HOME)
    for one in (elsewhere, unconfirmed):
        with pytest.raises(NotGranted):
            begin(one, rose)
        assert not queries.helper_may(account_id=one, at=NOON)
        with pytest.raises(IntegrityError) as raw:
            raw_help(one)
        assert rule(raw) == "help_within_licence"


def test_a_licence_without_a_right_and_a_right_without_a_licence_are_nothing(house, rose):
    without = helper(HOME, "case.receive")
    licences.licensed(without, area_code=HOME)
    with pytest.raises(NotGranted):
        begin(without, rose)


def test_a_licence_that_ended_a_minute_ago_sends_nothing_in(house, rose):
    odette = helper()
    ends = NOON + 30 * MINUTE
    licences.licensed(odette, area_code=HOME, until_at=ends)
    case = agreed(odette, rose)
    fill_in(case, odette)
    with pytest.raises(NotGranted):
        operations.submit_for(application_id=case.pk, helper_id=odette, at=ends + MINUTE)
    with pytest.raises(IntegrityError) as raw, transaction.atomic():
        operations.submit(
            application_ids=[case.pk], holder_id=case.holder_id, by_id=odette, at=ends + MINUTE
        )
    assert rule(raw) == "case_sent_in_licensed"
    sent = operations.submit_for(application_id=case.pk, helper_id=odette, at=ends - MINUTE)
    assert sent.bill_id


def test_suspended_she_stops_at_once_and_the_person_goes_on_alone(odette, rose):
    case, waiting = agreed(odette, rose), begin(odette, rose, service=world.SINGLE)
    digits = ask(waiting, odette)
    licences.suspend(licence(odette).pk, licences.overseer(), because="Asked for more")
    with pytest.raises(NotGranted):
        prove(waiting, odette, digits)
    with pytest.raises(NotGranted):
        fill_in(case, odette)
    operations.save_answers(
        application_id=case.pk, holder_id=case.holder_id, given=world.ANSWERS[world.BIRTH]
    )
    sent = operations.submit(
        application_ids=[case.pk], holder_id=case.holder_id, by_id=case.account_id, at=NOON
    )
    assert sent.bill_id


# --- consent, scoped and withdrawn ------------------------------------------------------------


def test_the_consent_of_one_case_opens_no_other_and_none_after_its_end(odette, rose):
    case, other = agreed(odette, rose), agreed(odette, client())
    revoke(case)
    for change in (
        lambda: fill_in(case, odette),
        lambda: operations.submit_for(application_id=case.pk, helper_id=odette, at=NOON),
        lambda: operations.look_for(
            application_id=case.pk, helper_id=odette, page="person", at=NOON
        ),
    ):
        with pytest.raises(operations.NotHelping):
            change()
    fill_in(other, odette)
    mine = world.draft(people.citizen())
    with pytest.raises(operations.NotHelping):
        fill_in(mine, odette)


def test_a_case_has_one_agent(odette, rose):
    case, second = agreed(odette, rose), helper()
    licences.licensed(second, area_code=HOME)
    with pytest.raises(operations.NotHelping):
        fill_in(case, second)
    consent = begin(second, rose)
    with pytest.raises(operations.AlreadyHelped):
        prove(consent, second, ask(consent, second))


def test_an_agent_helps_neither_herself_nor_through_any_agents_phone(odette, house):
    own = licence(odette)
    second = helper()
    licences.licensed(second, area_code=HOME, phone="+250730999999")
    for phone in (
        "+250730999999",
        people_phone(own),
    ):
        with pytest.raises(operations.AgentsPhone):
            begin(odette, client(phone))
    with pytest.raises(IntegrityError) as raw:
        raw_help(odette, contact_id=own.phone_id)
    assert rule(raw) == "help_phone_is_no_agents"
    with pytest.raises(IntegrityError) as herself:
        raw_help(odette, holder_id=Account.objects.get(pk=odette).person_id)
    assert rule(herself) == "helper_is_another"


def people_phone(agent: Agent) -> str:
    return agent.phone.value


# --- one phone, many persons ------------------------------------------------------------------


def agree(helper_id: int, at: datetime, consent: HelpConsent | None = None) -> str:
    """Let one more person agree by the family's phone, which gets five codes an hour at most."""
    consent = consent or begin(helper_id, client(FAMILY_PHONE), at=at)
    return prove(consent, helper_id, ask(consent, helper_id, at=at), at=at + MINUTE)


def family(helper_id: int, size: int) -> list[str]:
    return [agree(helper_id, NOON + number * HOUR) for number in range(size)]


def test_one_more_person_than_a_family_waits_for_a_supervisor(odette):
    family(odette, MAX)
    for _ in range(2):
        with pytest.raises(operations.HelpHeld):
            begin(odette, client(FAMILY_PHONE), at=LATER)
    hold = HelpHold.objects.get()
    assert (hold.helper_id, hold.persons) == (odette, MAX)
    assert begin(odette, client(), at=LATER)  # Another phone is another family.
    supervisor = helper(HOME, "case.supervise")
    assert [one.id for one in reading.open_holds(account_id=supervisor, at=LATER)] == [hold.pk]
    operations.release_hold(
        hold_id=hold.pk, by_id=supervisor, because="A home for orphans", at=LATER + MINUTE
    )
    assert agree(odette, LATER + HOUR)


def test_many_consents_asked_for_at_once_do_not_get_round_it(odette):
    asked = [begin(odette, client(FAMILY_PHONE)) for _ in range(MAX + 1)]
    for number, consent in enumerate(asked[:MAX]):
        agree(odette, NOON + number * HOUR, consent)
    with pytest.raises(operations.HelpHeld):
        agree(odette, LATER, asked[MAX])
    assert Application.objects.count() == MAX


def test_the_agents_other_login_is_the_same_hands_and_postgresql_counts_too(odette, monkeypatch):
    asked = begin(odette, client(FAMILY_PHONE))
    family(odette, MAX)
    digits = ask(asked, odette, at=LATER)
    twin = helper(person_id=Account.objects.get(pk=odette).person_id)
    with pytest.raises(NotGranted):
        begin(twin, client(FAMILY_PHONE))
    # Past the code's own look, as a second worker who looked a moment before would be.
    monkeypatch.setattr(policies, "PERSONS_OF_A_PHONE_MAX", MAX + 1)
    with pytest.raises(IntegrityError) as raw, transaction.atomic():
        prove(asked, odette, digits, at=LATER + MINUTE)
    assert rule(raw) == "help_persons_of_a_phone"


def test_nobody_lets_herself_go_on_nor_without_a_reason_or_from_another_office(odette):
    family(odette, MAX)
    with pytest.raises(operations.HelpHeld):
        begin(odette, client(FAMILY_PHONE), at=LATER)
    hold = HelpHold.objects.get()
    herself = helper(HOME, "case.supervise", person_id=Account.objects.get(pk=odette).person_id)
    supervisor, far = helper(HOME, "case.supervise"), helper(FAR, "case.supervise")
    for by_id, because, refusal in (
        (herself, "I know them", operations.NoSuchHold),
        (supervisor, " ", operations.NoSuchHold),
        (far, "A home", NotGranted),
    ):
        with pytest.raises(refusal):
            operations.release_hold(hold_id=hold.pk, by_id=by_id, because=because, at=LATER)
    with pytest.raises(IntegrityError) as raw, transaction.atomic():
        HelpHold.objects.filter(pk=hold.pk).update(
            released_by=herself, released_at=LATER, released_because="I know them"
        )
    assert rule(raw) == "help_hold_released_by_another"
    assert reading.open_holds(account_id=far, at=NOON) == []


def test_a_month_later_they_are_counted_anew(odette):
    family(odette, MAX)
    later = LATER + policies.PERSONS_OF_A_PHONE_WITHIN
    assert begin(odette, client(FAMILY_PHONE), at=later)


def test_on_an_agents_own_phone_a_crowd_does_not_apply_as_if_alone(odette):
    phone = people_phone(licence(odette))
    crowd = [people.citizen(phone=phone) for _ in range(MAX + 1)]
    for one in crowd[:MAX]:
        world.draft(one)
    with pytest.raises(operations.TooManyDrafts):
        world.draft(crowd[MAX])
    mine = Application.objects.order_by("pk").first()
    mine.pk, mine.number, mine.holder_id = None, "BC-26-00000000", crowd[MAX].person_id
    with pytest.raises(IntegrityError) as raw, transaction.atomic():
        mine.save(force_insert=True)
    assert rule(raw) == "case_on_a_persons_phone"
    world.draft(crowd[0], world.SINGLE)
