"""Each sees what opens to her, and whoever publishes a page sees how it is kept."""

import pytest
import time_machine
from django.urls import reverse

from tests.accounts import people
from tests.applications.browser import officer_at, text_of
from tests.catalogue.editor.conftest import house, small_pack, staffed, uwase
from tests.catalogue.editor.world import BIRTH
from tests.catalogue.keeping.test_reminders import cara
from tests.world import NOON

__all__ = ["cara", "house", "small_pack", "staffed", "uwase"]
pytestmark = pytest.mark.django_db


def test_each_sees_the_tabs_that_open_to_her(cara) -> None:
    editor, publisher = people.officer("catalogue.edit"), people.officer("catalogue.publish")
    names = ("editor", "kept", "languages", "missed_searches")
    pages = {name: reverse(f"catalogue:{name}") for name in names}
    seen = {
        cara: {"kept", "languages"},
        editor: {"editor", "languages", "missed_searches"},
        publisher: {"editor", "kept", "missed_searches"},
    }
    with time_machine.travel(NOON, tick=False):
        for account_id, names in seen.items():
            desk = officer_at(account_id)
            page = text_of(desk.get(pages[min(names)]))
            for name, address in pages.items():
                assert (f'href="{address}"' in page) == (name in names), (account_id, name)
                assert desk.get(address).status_code == (200 if name in names else 403)


def test_whoever_publishes_reads_the_board_and_confirms_nothing(cara) -> None:
    with time_machine.travel(NOON, tick=False):
        desk = officer_at(people.officer("catalogue.publish", service_code=BIRTH))
        page = text_of(desk.get(reverse("catalogue:kept")))
        confirms = reverse("catalogue:kept_service", args=[BIRTH])
        assert confirms not in page
        assert reverse("catalogue:service", args=[BIRTH]) in page
        assert "nobody is to confirm it" not in page
        assert desk.get(confirms).status_code == 403
        assert confirms in text_of(officer_at(cara).get(reverse("catalogue:kept")))
        everywhere = officer_at(people.officer("catalogue.publish"))
        assert "nobody is to confirm it" in text_of(everywhere.get(reverse("catalogue:kept")))
