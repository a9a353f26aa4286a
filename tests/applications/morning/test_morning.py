"""
An officer's morning without a mouse: each case is brought on, and what it cost is counted.

`make morning` plays all twenty cases and prints the table; the suite plays some of them.
"""

import os
import sys

import pytest
from django.utils import timezone

from applications import operations
from applications.models import CaseNote
from documents.models import MandateItem, Paper
from tests.accounts.people import PASSWORD
from tests.applications import world
from tests.applications.acts.world import want_second
from tests.applications.browser import officer_at
from tests.applications.morning.keyboard import Keyboard
from tests.applications.morning.office import Office
from tests.applications.test_in_a_browser import enter
from tests.design.browser import needs_chromium, opened
from tests.kernel.uploads import specimens

pytestmark = [pytest.mark.browser, needs_chromium, pytest.mark.django_db(transaction=True)]

KEYS_MAX, REQUESTS_MAX = 12, 4
"""Of a clean case, from the list or from the case before it (issue 5)."""

CLEAN = {
    "clean birth": world.BIRTH,
    "clean birth, the second": world.BIRTH,
    "clean birth, the third": world.BIRTH,
    "clean certificate of being single": world.SINGLE,
    "clean marriage": world.MARRIAGE,
}
PAGE_OF_THE_BOOK = {
    "Year": "1990",
    "Volume": "3",
    "Act": "217",
    "Registered on": "05051990",
    "Family name": "Uwase",
    "Given names": "Claudine",
    "Sex": "f",
    "Date of birth": "04041990",
    "Place of birth": "k",
    "Father": "Umutesi Jean-Bosco",
    "Mother": "Mukamana Rose",
}
"""What she types, in the order of the form; the registry and the nationality stand there."""
SIGNED = (*CLEAN, "late", "note, then approved")
ENDS = dict.fromkeys(SIGNED, "AWAITING_SIGNATURE") | {
    "difference with the register": "REFUSED",
    "attachment that cannot be read": "AWAITING_COMPLETION",
    "answer that is not clear": "AWAITING_COMPLETION",
    "no entry: refused": "REFUSED",
    "paper register cited": "AWAITING_SECOND",
    "given to a colleague": "IN_QUEUE",
    "given to another office": "IN_QUEUE",
    "page out of date": "UNDER_REVIEW",
    "approved, and taken back": "UNDER_REVIEW",
    "released": "IN_QUEUE",
    "held by a colleague": "UNDER_REVIEW",
    "second approval": "AWAITING_SIGNATURE",
    "second approval declined": "UNDER_REVIEW",
}
whole = pytest.mark.skipif("GUICHET_MORNING" not in os.environ, reason="make morning plays it")


def begin(page, live_server, office: Office) -> Keyboard:
    """Open her desk: from here on nothing but keys."""
    enter(page, live_server, officer_at(office.aline))
    page.goto(live_server.url + "/desk/")
    return Keyboard(page)


def find(hands: Keyboard, office: Office, name: str) -> None:
    """Open a case by its number, from the desk."""
    hands.press("/")
    hands.write(office.cases[name].number)
    hands.go("Enter")
    hands.go("j", "Enter")


def first_of_list(hands: Keyboard) -> None:
    hands.go("j", "Enter")


def check(hands: Keyboard) -> None:
    """Print what the morning took, and hold clean cases to the issue's measure."""
    sys.stdout.write(f"\n{hands.table()}\n")
    clean = [one for one in hands.spent if one.is_clean]
    assert clean
    assert [one for one in clean if one.keys > KEYS_MAX or one.requests > REQUESTS_MAX] == []


def approve_clean(hands: Keyboard, names: list[str]) -> None:
    """From her list: open the first, and let each approval open the next."""
    for place, name in enumerate(names):
        with hands.at(name, is_clean=True):
            if place == 0:
                first_of_list(hands)
            hands.go("n")
            hands.reads("is approved")


def refuse_and_go_on(hands: Keyboard) -> None:
    hands.go("t")
    hands.reads("(differs)")
    hands.press("r")
    hands.press("ArrowDown", "ArrowDown")
    assert "rectif" in hands.focused().lower()
    hands.tab_to("Refuse, and open the next")
    hands.go("Enter")


def ask_for(hands: Keyboard, label: str) -> None:
    """Ask for one answer anew, after a look at what the applicant will read."""
    hands.go("t")
    hands.press("c")
    if label not in hands.focused().lower():
        hands.tab_to(label)
    hands.press("ArrowDown")  # The first reason of the list.
    hands.tab_to("See what the applicant will read")
    hands.go("Enter")
    hands.reads("You answered:")
    hands.go("n")


def note_and_approve(hands: Keyboard) -> None:
    hands.go("t")
    hands.press("m")
    hands.write("Card seen")
    hands.tab_to("Keep the note")
    hands.go("Enter")
    hands.reads("Your note is kept")
    hands.go("n")


def refuse_without_entry(hands: Keyboard) -> None:
    """The register holds nothing: that reason is chosen already."""
    hands.go("t")
    hands.press("r")
    hands.go("Enter")
    hands.reads("is refused")


def give_to_colleague(hands: Keyboard) -> None:
    first_of_list(hands)  # What waits for a second officer is no longer in her list.
    hands.go("t")
    hands.go("g")
    hands.tab_to("Bosco Nsengimana")
    hands.go("Enter")
    give_reason(hands)
    hands.tab_to("What whoever gets it")
    hands.write("Knows the family")
    hands.tab_to("Give it on, and open the next")
    hands.go("Enter")


def give_reason(hands: Keyboard) -> None:
    hands.tab_to("Another office decides this")
    hands.press("Space")


def give_to_office(hands: Keyboard) -> None:
    hands.go("t")
    hands.go("g")
    for place in ("Remera", "Remera sector office"):  # It begins in her own district.
        hands.tab_to(place)
        hands.go("Enter")
    give_reason(hands)
    hands.tab_to("Give it on, and open the next")
    hands.go("Enter")


def cite_paper(hands: Keyboard, tmp_path) -> None:
    """Type the act as it stands in the book, and give the scan of its page."""
    hands.go("t")
    hands.go("p")
    for label, words in PAGE_OF_THE_BOOK.items():
        hands.tab_to(label)
        hands.write(words)
    scan = tmp_path / "page.jpg"
    scan.write_bytes(specimens.picture())
    hands.tab_to("Scan or photo")
    with hands.page.expect_file_chooser() as chooser:
        hands.press("Space")
    chooser.value.set_files(scan)
    hands.tab_to("Cite it, and ask")
    hands.go("Enter")
    hands.reads("is cited")


def sign_all(hands: Keyboard, count: int) -> None:
    hands.go("s")
    hands.press("s")  # However long the list is, her password is one stroke away.
    assert "Your password" in hands.focused()
    hands.write(PASSWORD)
    hands.go("Enter")
    hands.reads(f"0 of {count} signed")


def test_a_few_cases_by_keyboard_alone(live_server, office):
    office.lay("clean birth")
    office.lay("clean single", world.SINGLE)
    office.lay("difference with the register", father_name="Somebody Else")
    office.lay("answer that is not clear", mother_name="Mukamana")
    office.lay("note, then approved")
    with opened() as page:
        hands = begin(page, live_server, office)
        approve_clean(hands, ["clean birth", "clean single"])
        with hands.at("difference with the register"):
            refuse_and_go_on(hands)
        with hands.at("answer that is not clear"):
            ask_for(hands, "mother")
        with hands.at("note, then approved"):
            note_and_approve(hands)
    check(hands)
    assert [office.now(name).status for name in office.cases] == [
        "APPROVED", "APPROVED", "REFUSED", "AWAITING_COMPLETION", "APPROVED",
    ]  # fmt: skip


@whole
def test_a_morning_of_twenty_cases_by_keyboard_alone(live_server, office, tmp_path):
    for name, service in CLEAN.items():
        office.lay(name, service)
    office.lay("difference with the register", father_name="Somebody Else")
    office.lay("attachment that cannot be read", world.IDENTITY)
    office.lay("answer that is not clear", mother_name="Mukamana")
    for name in ("no entry: refused", "paper register cited"):
        office.lay(name)
        office.forget_entry(name)
    for name in (
        "given to a colleague", "given to another office", "note, then approved",
        "page out of date", "approved, and taken back", "released",
    ):  # fmt: skip
        office.lay(name)
    office.lay("late")
    office.is_late("late")
    office.lay("held by a colleague")
    office.take("held by a colleague", office.bosco)
    want_second()
    for name in ("second approval", "second approval declined"):
        office.lay(name)
        office.approve(name, office.bosco)
    assert len(office.cases) == 20
    with opened() as page:
        hands = begin(page, live_server, office)
        with hands.at("late", is_clean=True):
            first_of_list(hands)
            hands.reads("missed by")
            hands.go("a")
        approve_clean(hands, list(CLEAN))
        with hands.at("difference with the register"):
            refuse_and_go_on(hands)
        with hands.at("attachment that cannot be read"):
            ask_for(hands, "photo")
        with hands.at("answer that is not clear"):
            ask_for(hands, "mother")
        with hands.at("no entry: refused"):
            refuse_without_entry(hands)
        with hands.at("paper register cited"):
            first_of_list(hands)
            cite_paper(hands, tmp_path)
        with hands.at("given to a colleague"):
            give_to_colleague(hands)
        with hands.at("given to another office"):
            give_to_office(hands)
        with hands.at("note, then approved"):
            note_and_approve(hands)
        with hands.at("page out of date"):
            operations.note(
                application_id=office.cases["page out of date"].pk, by_id=office.bosco,
                text="Her sister called", at=timezone.now(),
            )  # fmt: skip
            office.take("page out of date", office.bosco)
            hands.press("n")
            hands.reads("The case has changed since you opened it")
            hands.reads("Bosco Nsengimana has this case in hand")
            hands.go("q")
        with hands.at("approved, and taken back"):
            find(hands, office, "approved, and taken back")
            hands.go("a")
            find(hands, office, "approved, and taken back")
            hands.go("u")
            hands.go("u")
            hands.reads("is taken back")
            hands.go("q")
        with hands.at("released"):
            find(hands, office, "released")
            hands.go("t")
            hands.go("l")
        with hands.at("held by a colleague"):
            find(hands, office, "held by a colleague")
            hands.reads("Bosco Nsengimana has this case in hand")
            hands.go("q")
        with hands.at("second approval"):
            find(hands, office, "second approval")
            hands.go("a")
            hands.reads("approved by both of you")
        with hands.at("second approval declined"):
            find(hands, office, "second approval declined")
            hands.press("d")
            hands.write("The name is of her sister")
            hands.tab_to("Give it back")
            hands.go("Enter")
        office.draw_all()
        hands.page.reload()
        hers = Paper.objects.filter(officer_id=office.aline, state="RENDERED").count()
        with hands.at(f"{hers} papers signed in a sitting"):
            sign_all(hands, hers)
    check(hands)
    assert {name: office.now(name).status for name in office.cases} == ENDS
    assert MandateItem.objects.count() == hers == len(SIGNED)
    assert CaseNote.objects.filter(by_id=office.aline).count() == 1
