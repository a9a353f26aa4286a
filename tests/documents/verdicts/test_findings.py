"""What became of a file that is not known, weighed from the traces of us in it."""

import pytest

from documents.models import Paper
from documents.verdicts import Finding, Outcome
from documents.verdicts.strangers import Traces, finding, weigh
from tests.documents import world as worlds
from tests.documents.world import World
from tests.world import NOON

OURS = {"number": True, "signed_by_us": True, "certificate": True, "signed": True}


@pytest.mark.parametrize(
    ("traces", "expected"),
    [
        ({}, Finding.NONE),
        ({"unreadable": True}, Finding.UNREADABLE),
        ({"locked": True}, Finding.LOCKED),
        ({"signed": True}, Finding.FOREIGN),
        ({"signed": True, "unreadable": True}, Finding.FOREIGN),
        ({"signed": True, "certificate": True}, Finding.PRETENDS),
        ({"number": True}, Finding.UNSIGNED),
        ({"number": True, "cut_off": True}, Finding.CUT_OFF),
        ({"number": True, "signed": True}, Finding.RESIGNED),
        ({"number": True, "signed": True, "certificate": True}, Finding.RESIGNED),
        (OURS, Finding.CHANGED),
        ({**OURS, "unreadable": True}, Finding.CHANGED),
        ({**OURS, "cut_off": True}, Finding.CUT_OFF),
        ({**OURS, "locked": True}, Finding.LOCKED),
        ({**OURS, "begins_with_ours": True}, Finding.ADDED),
        ({**OURS, "begins_with_ours": True, "locked": True}, Finding.ADDED),
        ({**OURS, "begins_with_ours": True, "only_archived": True}, Finding.ARCHIVED),
        # A number of ours whose paper has another file: whatever its signatures say.
        ({**OURS, "all_proven": True, "keys_in_force": True}, Finding.CHANGED),
        (
            {**OURS, "number": False, "all_proven": True, "keys_in_force": True},
            Finding.LOST,
        ),
        ({**OURS, "number": False, "all_proven": True}, Finding.KEY_WITHDRAWN),
    ],
)
def test_each_trace_has_its_finding(traces: dict[str, bool], expected: Finding) -> None:
    assert finding(Traces(**traces)) is expected


def test_what_the_machine_had_no_time_for_is_not_called_foreign(world: World) -> None:
    unread = {"gave_up": "starved"}
    verdict = weigh(unread, None, at=NOON)
    assert (verdict.outcome, verdict.finding) == (Outcome.COULD_NOT_CHECK, Finding.BUSY)
    # What was too much for us, or broken, is no paper of ours.
    assert weigh({"gave_up": "limits"}, None, at=NOON).outcome == Outcome.NOT_OURS

    # What its bytes have shown stays shown.
    number = Paper.objects.get(pk=worlds.issue(world)).number
    assert weigh({**unread, "numbers": [number]}, None, at=NOON).outcome == Outcome.ALTERED
