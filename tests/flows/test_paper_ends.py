"""A paper that was true when it was issued, and the register that tells that it is no more."""

import pytest
from django.core.management import call_command

from config.journey.world import wait_for
from documents.models import Paper
from notifications.models import Message
from registers.models import Feed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_who_marries_is_not_single_any_more_and_is_told(play, world):
    story = play("single", nth=10)  # Nobody else needs her single.
    record = story.run()
    paper = Paper.objects.get(is_slip=False)
    assert paper.state == "ISSUED"

    said = {"kind": "marriage", "national_ids": [story.citizen.person["national_id"]]}
    world.post("/happenings.json", said).raise_for_status()
    Feed.objects.update(due_at=None)  # A minute has passed.
    wait_for("end", lambda: Paper.objects.filter(state="ENDED").first(), seconds=30)
    told = wait_for(
        "message", lambda: Message.objects.filter(template="paper_ended").first(), seconds=30
    )

    paper.refresh_from_db()
    assert paper.end_reason == "marriage"
    assert record.number in told.body
    page = story.citizen.browser.open(f"/cases/{record.number}/").text
    assert "no longer true" in page
    assert "the register tells of a marriage" in page
    call_command("check_invariants", verbosity=0)
