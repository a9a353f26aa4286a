"""Whoever keeps a page right is reminded: each step once, one message a day, and nobody else."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from accounts.models import Account, ContactPoint, Grant, PersonContact
from catalogue import queries, reminding
from catalogue.models import Reminder, ReminderLine, Service
from catalogue.operations import keeping
from catalogue.operations import reminding as reminders
from kernel.crypto import blind_index
from kernel.events import Event
from kernel.models import EventRow
from notifications.models import Message
from tests.accounts import people
from tests.catalogue.editor.conftest import house, small_pack, staffed, uwase
from tests.catalogue.editor.world import BIRTH
from tests.world import NOON
from workers import tasks
from workers.routes import ROUTES

__all__ = ["house", "small_pack", "staffed", "uwase"]
pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def with_mail(settings):
    settings.GATEWAYS = settings.GATEWAYS | {"mail": settings.GATEWAYS["mail"] | {"host": "m"}}


@pytest.fixture
def cara(house) -> int:
    """Keeps the page of births, and has confirmed it at noon."""
    made = people.officer("catalogue.confirm", service_code=BIRTH, display_name="Cara")
    confirm(made)
    return made


def confirm(by_id: int, *, at=NOON) -> None:
    version_id = queries.current(BIRTH).id
    keeping.confirm(service_code=BIRTH, version_id=version_id, by_id=by_id, at=at)


def deliver(at) -> None:
    """Every handler of news about the catalogue, as the relay calls them."""
    routes = {event.name: (event, handlers) for event, handlers in ROUTES.items()}
    for row in EventRow.objects.filter(name__startswith="catalogue.").order_by("pk"):
        kind, handlers = routes[row.name]
        for handle in handlers:
            handle(kind.from_payload(row.payload), at)


def day(days: float) -> None:
    """Let the job run on the day so many days after noon, and its news be delivered."""
    reminders.remind(now=NOON + days * DAY)
    deliver(NOON + days * DAY)


def got(account_id: int) -> list[str]:
    login = Account.objects.get(pk=account_id).login
    found = Message.objects.filter(contact__value_index=blind_index("email", login))
    return list(found.order_by("pk").values_list("template", flat=True))


def end_rights(account_id: int) -> None:
    Grant.objects.filter(account_id=account_id).update(ended_at=NOON + DAY, ended_by=account_id)


def test_each_step_is_told_once_and_a_confirmation_begins_anew(cara) -> None:
    for days in (29, 30, 31, 36, 37, 38, 40, 41, 42, 55):
        day(days)
    assert got(cara) == ["pages_due", "pages_soon", "pages_told"]
    confirm(cara, at=NOON + 56 * DAY)
    day(57)
    day(86)
    assert got(cara) == ["pages_due", "pages_soon", "pages_told", "pages_due"]
    said = Message.objects.values_list("body", "channel")
    assert not [body for body, _ in said if "irth" in body or BIRTH in body or "Cara" in body]
    assert {channel for _, channel in said} == {"email"}


def test_many_pages_are_one_message_that_says_how_many(house) -> None:
    keeper = people.officer("catalogue.confirm")
    day(0)
    [message] = Message.objects.all()
    assert message.template == "pages_told"  # Never confirmed: their readers are told.
    pages = Service.objects.filter(active=True, current__isnull=False).count()
    assert pages > 1
    assert f": {pages}." in message.body
    assert got(keeper) == ["pages_told"]


def test_a_job_that_runs_again_or_is_killed_between_tells_each_once(house, monkeypatch) -> None:
    first, second = people.officer("catalogue.confirm"), people.officer("catalogue.confirm")
    publish = reminders.outbox.publish

    def killed(event: Event) -> None:
        if Reminder.objects.count() == 2:
            raise KeyboardInterrupt
        publish(event)

    with monkeypatch.context() as patched:
        patched.setattr(reminders.outbox, "publish", killed)
        with pytest.raises(KeyboardInterrupt):
            reminders.remind(now=NOON)
    assert Reminder.objects.count() == 1
    for _ in range(3):
        tasks_run(NOON)
    assert Reminder.objects.count() == 2
    deliver(NOON)
    deliver(NOON)
    assert got(first) == got(second) == ["pages_told"]


def tasks_run(at) -> None:
    with time_machine.travel(at, tick=False):
        tasks.remind_keepers()


def test_who_was_told_today_hears_of_the_next_page_tomorrow(house) -> None:
    keeper = people.officer("catalogue.confirm")
    confirm(keeper, at=NOON - 29 * DAY - timedelta(hours=22))
    day(0)
    day(0.1)  # The page of births is due since two hours after noon.
    assert got(keeper) == ["pages_told"]
    day(1)
    day(2)
    assert got(keeper) == ["pages_told"] * 2  # Sums up: of the others readers are still told.
    assert ReminderLine.objects.filter(step="due").get().service.code == BIRTH


def test_nobodys_telephone_rings_at_night(cara) -> None:
    night = (NOON + 31 * DAY).replace(hour=1)
    assert reminders.remind(now=night) == 0
    assert reminders.remind(now=night.replace(hour=9)) == 1


def test_after_forty_days_whoever_publishes_it_knows_too(cara) -> None:
    bela = people.officer("catalogue.publish", service_code=BIRTH)
    stranger = people.officer("catalogue.publish", service_code="life")
    day(30)
    day(37)
    assert got(bela) == []
    day(41)
    assert got(bela) == ["pages_unkept"]
    assert BIRTH not in dict(Message.objects.values_list("template", "body"))["pages_unkept"]
    # The stranger's own page was never confirmed, and nobody keeps it.
    assert [one.service_id for one in reminding.late(at=NOON + 41 * DAY)[stranger]] == [
        Service.objects.get(code="life").pk
    ]


def test_a_page_that_nobody_keeps_is_told_to_whoever_publishes_it(cara) -> None:
    bela = people.officer("catalogue.publish", service_code=BIRTH)
    end_rights(cara)
    day(30)
    assert (got(cara), got(bela)) == ([], ["pages_unkept"])


def test_nobody_is_told_whose_right_ended_or_whose_account_is_closed(cara) -> None:
    gone = people.officer("catalogue.confirm", service_code=BIRTH)
    Account.objects.filter(pk=gone).update(is_active=False)
    reminders.remind(now=NOON + 30 * DAY)
    end_rights(cara)  # After the job and before its news.
    deliver(NOON + 30 * DAY)
    assert not Message.objects.exists()


def test_what_was_confirmed_meanwhile_is_not_told(cara) -> None:
    reminders.remind(now=NOON + 30 * DAY)
    confirm(cara, at=NOON + 30 * DAY)
    deliver(NOON + 30 * DAY)
    assert not Message.objects.exists()


def test_without_a_mail_server_it_goes_to_her_phone(cara, settings) -> None:
    settings.GATEWAYS = settings.GATEWAYS | {"mail": settings.GATEWAYS["mail"] | {"host": ""}}
    at = ContactPoint.objects.create(
        kind="phone",
        value="+250788000171",
        value_index=blind_index("phone", "+250788000171"),
        language="fr",
    )
    person_id = Account.objects.get(pk=cara).person_id
    PersonContact.objects.create(person_id=person_id, contact=at, from_at=NOON - DAY)
    day(30)
    [message] = Message.objects.all()
    assert (message.channel, message.contact) == ("sms", at)


def test_postgresql_keeps_one_a_day_and_each_step_once(cara) -> None:
    day(30)
    reminder, line = Reminder.objects.get(), ReminderLine.objects.get()
    with pytest.raises(IntegrityError, match="reminder_one_a_day"), transaction.atomic():
        Reminder.objects.create(account_id=cara, day=reminder.day, at=reminder.at)
    other = Reminder.objects.create(account_id=cara, day=reminder.day + DAY, at=reminder.at)
    again = {"account_id": cara, "service_id": line.service_id, "since": line.since, "step": "due"}
    with pytest.raises(IntegrityError, match="reminder_once_a_step"), transaction.atomic():
        ReminderLine.objects.create(reminder=other, **again)
    stranger = people.officer()
    with pytest.raises(IntegrityError, match="reminder_line_whose_it_is"), transaction.atomic():
        ReminderLine.objects.create(reminder=other, **again | {"account_id": stranger})
    with pytest.raises(Exception, match=r"append-only|permission denied"), transaction.atomic():
        ReminderLine.objects.all().delete()


def test_it_costs_the_same_however_many_people_and_pages(house, django_assert_num_queries) -> None:
    people.officer("catalogue.confirm")
    with django_assert_num_queries(4):
        reminding.late(at=NOON)
    for _ in range(3):
        people.officer("catalogue.confirm", "catalogue.publish")
    with django_assert_num_queries(4):
        assert len(reminding.late(at=NOON)) == 4
