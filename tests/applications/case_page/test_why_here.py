"""Why a case lies with this officer, and when it came: said on its page."""

from applications import operations
from tests.accounts import people
from tests.applications import world
from tests.applications.acts.world import transfer
from tests.applications.browser import officer_at
from tests.applications.case_page.desk import page
from tests.world import NOON


def test_the_page_says_why_the_case_came_to_this_officer(uwase, staffed):
    case = world.queued(uwase)
    text = page(officer_at(staffed.aline), case)
    assert "Why it lies here" in text
    assert "the office of the level that the service names serves this area" in text
    assert "the officer with the least to do" in text
    assert "chosen among 2 officers" in text
    assert "times before" not in text


def test_a_case_that_was_given_on_tells_both_ways_the_last_one_first(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    transfer(case, staffed.aline, officer_id=staffed.bosco)
    text = page(officer_at(staffed.bosco), case)
    assert "given by Aline" in text
    assert text.index("given by Aline") < text.index("1 time before")


def test_what_was_laid_back_says_so(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    operations.release(
        application_id=case.pk, by_id=staffed.aline, version=world.fresh(case).version, at=NOON
    )
    assert "a colleague laid it back" in page(officer_at(staffed.bosco), case)


def test_who_took_it_from_nobody_is_named(staffed, house):
    case = world.queued(people.citizen())
    other = next(one for one in (staffed.aline, staffed.bosco) if one != case.officer_id)
    operations.take(application_id=case.pk, by_id=other, at=NOON)
    assert "has taken it up since" in page(officer_at(other), case)


def test_a_supervisor_who_decides_nothing_is_not_offered_what_would_be_refused(uwase, staffed):
    case = world.queued(uwase)
    head = world.officer(world.HOME, "case.supervise", display_name="Chantal")
    text = page(officer_at(head), case)
    assert "Take in hand" not in text
    assert "Take and approve" not in text
    assert "Take in hand" in page(officer_at(staffed.aline), case)
