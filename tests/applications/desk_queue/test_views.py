"""An officer keeps the queues that she asks for again and again; nobody sees another's."""

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from applications import operations
from applications.models import SavedView
from applications.models.desk import VIEWS_MAX
from applications.queries import views
from applications.queries.queues import Filter, Shown, Sort
from tests.applications import world
from tests.applications.browser import officer_at, text_of
from tests.world import NOON

pytestmark = pytest.mark.django_db
VIEWS, QUEUE = "applications:desk_views", "applications:queue"
NEWEST = Filter(Shown.OFFICE, Sort.NEWEST)


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON):
        yield


def save(account_id, name="Newest", wanted=NEWEST):
    return operations.save_view(account_id=account_id, name=name, wanted=wanted)


def test_a_view_is_saved_from_the_queue_and_stands_above_it(staffed):
    browser = officer_at(staffed.aline)
    kept = browser.post(reverse(VIEWS), {"name": "Newest", "list": "office", "sort": "newest"})
    assert kept.url == f"{reverse(QUEUE)}?list=office&sort=newest"
    assert [view.filter for view in views.of_account(staffed.aline)] == [NEWEST]
    assert ">Newest</a>" in text_of(browser.get(kept.url))
    assert ">Newest</a>" not in text_of(officer_at(staffed.bosco).get(reverse(QUEUE)))


def test_a_name_that_she_has_already_is_given_the_new_filter(staffed):
    first = save(staffed.aline)
    again = save(staffed.aline, wanted=Filter(Shown.LATE))
    assert first == again
    assert [view.filter for view in views.of_account(staffed.aline)] == [Filter(Shown.LATE)]


def test_there_are_at_most_twenty(staffed):
    kept = [save(staffed.aline, f"View {n}") for n in range(VIEWS_MAX)]
    with pytest.raises(operations.TooManyViews):
        save(staffed.aline, "One more")
    answer = officer_at(staffed.aline).post(reverse(VIEWS), {"name": "One more", "list": "mine"})
    assert "delete one before you save another" in text_of(answer)
    operations.delete_view(account_id=staffed.aline, view_id=kept[3])
    save(staffed.aline, "One more")
    assert len(views.of_account(staffed.aline)) == VIEWS_MAX


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("saved_views_not_too_many", {"place": VIEWS_MAX + 1}),
        ("saved_view_has_a_name", {"name": ""}),
        ("saved_view_named_once", {"name": "Newest"}),
        ("saved_view_one_default", {"is_default": True}),
        ("saved_view_names_no_person", {"filter": {"name": "Umutesi"}}),
        ("saved_view_names_no_person", {"filter": ["Umutesi"]}),
    ],
)
def test_postgresql_keeps_the_rules_of_views_too(staffed, constraint, values):
    view = save(staffed.aline)
    operations.open_with_view(account_id=staffed.aline, view_id=view)
    made = {"account_id": staffed.aline, "place": 2, "name": "Another", "filter": {}} | values
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        SavedView.objects.create(**made)
    assert refused.value.__cause__.diag.constraint_name == constraint


def test_a_view_is_renamed_and_not_to_the_name_of_another(staffed):
    view = save(staffed.aline)
    save(staffed.aline, "Other")
    browser = officer_at(staffed.aline)
    address = reverse("applications:desk_view", args=[view])
    browser.post(address, {"name": "Fresh"})
    refused = browser.post(address, {"name": "Other"}, follow=True)
    assert "Another view of yours has this name." in text_of(refused)
    assert {one.name for one in views.of_account(staffed.aline)} == {"Fresh", "Other"}


def test_a_view_is_deleted_only_after_a_second_question(staffed):
    view = save(staffed.aline)
    browser = officer_at(staffed.aline)
    address = reverse("applications:delete_desk_view", args=[view])
    assert "Delete this view?" in text_of(browser.get(address))
    assert views.of_account(staffed.aline)
    browser.post(address)
    assert views.of_account(staffed.aline) == []
    assert browser.post(address).status_code == 404


def test_the_desk_opens_with_the_view_that_she_chose(uwase, staffed):
    case = world.queued(uwase)
    other = staffed.bosco if case.officer_id == staffed.aline else staffed.aline
    view = save(other)
    browser = officer_at(other)
    assert case.number not in text_of(browser.get(reverse(QUEUE)))
    change = reverse("applications:desk_view", args=[view])
    browser.post(change, {"opening": "yes"})
    assert case.number in text_of(browser.get(reverse(QUEUE)))
    assert case.number not in text_of(browser.get(reverse(QUEUE), {"list": "mine"}))
    assert "opens first" in text_of(browser.get(reverse(VIEWS)))
    browser.post(change, {"opening": "no"})
    assert case.number not in text_of(browser.get(reverse(QUEUE)))


def test_anothers_view_is_not_there(staffed):
    view = save(staffed.aline)
    thief = officer_at(staffed.bosco)
    for name in ("desk_view", "delete_desk_view"):
        address = reverse(f"applications:{name}", args=[view])
        assert thief.post(address, {"name": "Mine now"}).status_code == 404
    assert (
        thief.post(reverse("applications:desk_view", args=[view]), {"opening": "yes"}).status_code
        == 404
    )
    assert [one.name for one in views.of_account(staffed.aline)] == ["Newest"]


def test_a_view_of_a_list_that_is_gone_is_left_out(staffed):
    save(staffed.aline)
    SavedView.objects.update(filter={"list": "forgotten"})
    assert views.of_account(staffed.aline) == []
    assert officer_at(staffed.aline).get(reverse(QUEUE)).status_code == 200
