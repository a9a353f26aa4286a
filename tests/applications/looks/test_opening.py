"""Break-glass: a case that is not hers is read with a reason, in red, and a second person looks."""

from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from accounts.models import Account
from applications import operations
from applications.models import Look, Opening
from applications.queries import looks as queries
from kernel.models import AuditEntry
from places import working
from tests.accounts import people
from tests.applications import world
from tests.applications.browser import citizen_at, officer_at, text_of
from tests.world import NOON

pytestmark = pytest.mark.django_db
REASON = "The mother stands at my counter with the child."


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def case(uwase, staffed, registers):
    return world.taken(uwase, staffed.aline)


@pytest.fixture
def head(house):
    return world.officer(world.HOME, "case.supervise", display_name="Head")


def desk(case):
    return reverse("applications:desk_case", args=[case.number])


def ask(browser, case, **changed):
    typed = {"number": case.number, "reason": "urgent", "text": REASON} | changed
    return browser.post(reverse("applications:open_case"), typed)


def open_case(case, by_id, *, at=NOON, text=REASON, reason="urgent"):
    return operations.open_case(
        number=case.number, by_id=by_id, reason_code=reason, text=text, at=at
    )


def test_a_case_of_another_office_is_read_for_half_an_hour_in_red(case, staffed, uwase, clock):
    browser = officer_at(staffed.far)
    assert browser.get(desk(case)).status_code == 404

    assert ask(browser, case).status_code == 302
    page = text_of(browser.get(desk(case)))

    assert "Opened outside a right" in page
    assert REASON in page
    for act in ("take", "note", "refuse", "control_slip", "desk_attachments"):
        assert reverse(f"applications:{act}", args=[case.number]) + '"' not in page
    assert list(Look.objects.values_list("why", flat=True)) == ["break_glass"]
    assert AuditEntry.objects.get(act="case.opened").reason == "urgent"
    assert "The person is here and cannot wait" in text_of(
        citizen_at(uwase).get(reverse("applications:looks"))
    )

    clock.shift(timedelta(minutes=30))
    assert browser.get(desk(case)).status_code == 404
    # Whoever works on it goes on seeing that.
    assert "Opened outside a right" in text_of(officer_at(staffed.aline).get(desk(case)))


def test_who_opened_a_case_changes_nothing_in_it(case, staffed):
    open_case(case, staffed.far)
    browser = officer_at(staffed.far)
    for name in ("take", "note", "refuse", "release"):
        address = reverse(f"applications:{name}", args=[case.number])
        answer = browser.post(address, {"version": case.version, "text": "x"})
        assert answer.status_code == 404, name


def test_nobody_opens_a_case_without_words_or_right(case, staffed, uwase):
    browser = officer_at(staffed.far)
    assert ask(browser, case, text="Urgent").status_code == 422
    assert ask(browser, case, reason="curious").status_code == 422
    assert ask(browser, case, number="RW-26-00000000").status_code == 422
    with pytest.raises(operations.UnknownReason):
        open_case(case, staffed.far, reason="curious")
    clerk = people.officer("case.receive", area_code=world.HOME)
    with pytest.raises(operations.NotGranted):
        open_case(case, clerk)
    with pytest.raises(operations.HersAnyway):
        open_case(case, staffed.bosco)
    assert not Opening.objects.exists()


def test_the_page_opens_to_who_may_open_some_case_and_to_nobody_else(case, staffed):
    page = reverse("applications:open_case")
    search = reverse("applications:desk_search")
    for by_id, status in (
        (staffed.far, 200),
        (people.officer("case.break_glass"), 200),
        (people.officer("case.receive"), 403),
        (people.officer("money.view"), 403),
    ):
        browser = officer_at(by_id)
        assert browser.get(page).status_code == status
        assert ask(browser, case, number="").status_code == (422 if status == 200 else 403)
        assert (page in text_of(browser.get(search))) == (status == 200)


def test_operators_hear_how_many_openings_were_wrong_or_late(case, staffed, head):
    assert queries.openings_wanting(at=NOON) == queries.Wanting(0, 0, None)
    first = open_case(case, staffed.far)
    open_case(case, staffed.far)
    operations.review_opening(
        opening_id=first, by_id=head, accepted=False, text="No mother was here.", at=NOON
    )
    due_at = Opening.objects.get(reviewed_at=None).due_at

    at = due_at + timedelta(hours=1)
    assert queries.openings_wanting(at=at) == queries.Wanting(1, 1, due_at)
    assert queries.openings_wanting(at=NOON + timedelta(days=8)).objected == 0


def test_the_right_to_break_the_glass_opens_what_somebody_decides_nothing_of(case):
    auditor = people.officer("case.break_glass")
    assert open_case(case, auditor, reason="complaint")


def test_nobody_opens_her_own_case(uwase, staffed, registers):
    case = world.taken(uwase, staffed.aline)
    herself = people.officer("case.decide", area_code="1101", person_id=uwase.person_id)
    with pytest.raises(operations.NoSuchCase):
        open_case(case, herself)


def test_ten_a_day_are_the_most(case, staffed):
    for _ in range(10):
        open_case(case, staffed.far)
    with pytest.raises(operations.TooManyOpenings):
        open_case(case, staffed.far)
    assert open_case(case, staffed.far, at=NOON + timedelta(days=1))


def written(case, by_id, at):
    """An opening as whoever has the application's login would write it."""
    Opening.objects.create(
        application=case, by_id=by_id, reason_code="urgent", text=REASON, opened_at=at,
        until_at=at + timedelta(minutes=30), due_at=at,
    )  # fmt: skip


def test_postgresql_counts_to_ten_too_under_all_her_accounts(case, staffed, refused_by):
    officer = Account.objects.get(pk=staffed.far)
    other = people.staff(person_id=officer.person_id).pk
    for _ in range(5):
        written(case, staffed.far, NOON)
        written(case, other, NOON)
    for by_id in (staffed.far, other):
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            written(case, by_id, NOON + timedelta(hours=23))
        assert refused_by(refused.value) == "opening_ten_a_day"
    with pytest.raises(operations.TooManyOpenings):
        open_case(case, staffed.far)


def test_no_opening_is_dated_back_to_make_room_for_more(case, staffed, refused_by):
    open_case(case, staffed.far)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        written(case, staffed.far, NOON - timedelta(days=2))
    assert refused_by(refused.value) == "opening_after_the_last"
    written(case, staffed.far, NOON - timedelta(minutes=1))  # Two servers' clocks.


def test_who_is_kept_out_of_deciding_reads_nothing_either(uwase, staffed):
    """A colleague who gave the case on because it is her cousin's; breaking the glass included."""
    case = world.taken(uwase, staffed.aline)
    operations.transfer(
        application_id=case.pk, by_id=staffed.aline, version=case.version, office_id=None,
        officer_id=staffed.bosco, reason_code="conflict", text="She is my cousin.", at=NOON,
    )  # fmt: skip
    herself = officer_at(staffed.aline)
    assert herself.get(desk(case)).status_code == 404
    assert ask(herself, case).status_code in {404, 422}
    assert not Opening.objects.exists()
    assert officer_at(staffed.bosco).get(desk(case)).status_code == 200


def test_a_second_person_accepts_or_objects_and_an_objection_is_an_alarm(case, staffed, head):
    first, second = (open_case(case, staffed.far) for _ in range(2))
    browser = officer_at(head)
    page = text_of(browser.get(reverse("applications:openings")))
    assert REASON in page
    due = Opening.objects.get(pk=first).due_at
    assert due == working.add_working_days(NOON, 2)

    review = reverse("applications:review_opening", args=[first])
    browser.post(review, {"outcome": "accept"})
    objecting = reverse("applications:review_opening", args=[second])
    browser.post(objecting, {"outcome": "object", "text": ""})  # It says nothing: not kept.
    assert Opening.objects.get(pk=second).reviewed_at is None
    browser.post(objecting, {"outcome": "object", "text": "Nobody was at that counter."})

    assert list(Opening.objects.order_by("pk").values_list("accepted", flat=True)) == [True, False]
    guardian = officer_at(people.officer("privacy.answer"))
    alarms = text_of(guardian.get(reverse("applications:look_questions")))
    assert "Nobody was at that counter." in alarms
    assert AuditEntry.objects.filter(act="case.opening_objected").exists()
    with pytest.raises(operations.NothingToReview):
        operations.review_opening(
            opening_id=first, by_id=head, accepted=False, text="Not so at all.", at=NOON
        )


def test_what_nobody_reviews_in_two_working_days_is_told(case, staffed, clock):
    open_case(case, staffed.far)
    guardian = people.officer("privacy.answer")
    address = reverse("applications:look_questions")
    assert "Nobody has reviewed it in time" not in text_of(officer_at(guardian).get(address))

    clock.shift(timedelta(days=5))
    assert "Nobody has reviewed it in time" in text_of(officer_at(guardian).get(address))


def test_nobody_reviews_what_she_opened_and_postgresql_says_it_too(case, staffed, head):
    opening_id = open_case(case, staffed.far)
    with pytest.raises(operations.NotGranted):
        operations.review_opening(
            opening_id=opening_id, by_id=staffed.bosco, accepted=True, text="", at=NOON
        )
    with transaction.atomic(), pytest.raises(DatabaseError, match="does not review"):
        Opening.objects.update(reviewed_by=staffed.far, reviewed_at=NOON, accepted=True)
    assert officer_at(staffed.far).get(reverse("applications:openings")).status_code == 403
    operations.review_opening(opening_id=opening_id, by_id=head, accepted=True, text="", at=NOON)
    with transaction.atomic(), pytest.raises(DatabaseError, match="reviewed once"):
        Opening.objects.update(accepted=False)
    with transaction.atomic(), pytest.raises(DatabaseError, match="reviewed once"):
        Opening.objects.update(review_text="Another word.")
    with transaction.atomic(), pytest.raises(DatabaseError, match="reviewed once"):
        Opening.objects.update(text="Another reason.")
