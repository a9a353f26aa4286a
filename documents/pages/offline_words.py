"""What the verifier without a network says, each verdict as one plain sentence and an advice."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from documents.verdicts import Outcome
from documents.verdicts.words import title


@dataclass(frozen=True)
class Say:
    name: str  # By which the script asks for it.
    outcome: Outcome  # Which icon and colour.
    title: str
    sentence: str
    advice: str


@dataclass(frozen=True)
class Note:
    name: str
    text: str


def says() -> list[Say]:
    return [
        *_standings(),
        *_refusals(),
        *_unanswered(),
    ]


def _standings() -> list[Say]:
    again = _("Do not rely on it. Ask the holder for a new paper.")
    return [
        _say(
            "current",
            Outcome.CURRENT,
            _("We signed these facts, and our lists say nothing against this paper."),
            _(
                "Compare every line below with the paper in your hand. If one differs, do not rely "
                "on it. A paper says nothing about who carries it: ask for an identity document "
                "too."
            ),
        ),
        _say(
            "superseded",
            Outcome.SUPERSEDED,
            _("We issued this paper, and a newer one took its place."),
            _("Do not rely on it. Ask the holder for the newer paper."),
        ),
        _say(
            "ended",
            Outcome.ENDED,
            _("We issued this paper, and what it says has ended since."),
            again,
        ),
        _say("revoked", Outcome.REVOKED, _("We issued this paper and revoked it."), again),
        _say(
            "suspended",
            Outcome.SUSPENDED,
            _("This paper is not in force: it is being looked into, or was not issued yet."),
            _("Do not rely on it for now. Update the lists and check it again."),
        ),
        _say(
            "expired", Outcome.EXPIRED, _("We issued this paper, and its last day is over."), again
        ),
    ]


def _refusals() -> list[Say]:
    refuse = _("Do not rely on this paper. Ask the holder for the file that was issued.")
    return [
        _say(
            "altered",
            Outcome.ALTERED,
            _("This code claims to be ours, but it is not as we signed it."),
            _("Scan it once more. If the answer is the same, do not rely on the paper."),
        ),
        _say(
            "swapped",
            Outcome.ALTERED,
            _("This code was put together from two papers, or belongs to another paper."),
            refuse,
        ),
        _say(
            "not_ours",
            Outcome.NOT_OURS,
            _("This code is signed, but not by us. We have not issued this paper."),
            _("Do not rely on it."),
        ),
        _say(
            "not_a_code",
            Outcome.NOT_OURS,
            _("This is not the code of one of our papers."),
            _("Look for the code at the foot of the paper, and scan that one."),
        ),
    ]


def _unanswered() -> list[Say]:
    nothing = _("This says nothing about the paper, neither good nor bad.")
    return [
        _unknown(
            "no_facts",
            _("This code carries no signed facts: the paper is older than they are."),
            _("Check it with a network, by its number and code."),
        ),
        _unknown(
            "no_lists",
            _("This device holds no list for this paper yet."),
            _("Connect it to a network and update the lists."),
        ),
        _unknown(
            "unknown_key",
            _("This code is signed with a key that is not on your lists."),
            _("It is forged, or newer than the lists: update them and check again."),
        ),
        _unknown(
            "key_revoked",
            _("The key that signed this code was withdrawn."),
            _("Only our books can tell now: check the paper with a network."),
        ),
        _unknown(
            "newer_than_lists",
            _("We signed these facts after your lists were made: was the paper issued?"),
            _("Nobody can say from these lists. Update them and check it again."),
        ),
        _unknown(
            "lists_too_old",
            _("We signed these facts, but the lists on this device are older than 30 days."),
            _("Nobody can say from them whether the paper is still valid: update them."),
        ),
        _unknown(
            "clock",
            _("The clock of this device is more than a day off."),
            nothing + " " + _("Set the clock and check again."),
        ),
    ]


def notes() -> list[Note]:
    return [
        Note("stale", _("Your lists are older than a day: what was revoked since is not on them.")),
        Note("clock_behind", _("The clock of this device seems to be wrong: set it.")),
    ]


def _say(name: str, outcome: Outcome, sentence: str, advice: str) -> Say:
    return Say(name, outcome, title(outcome), sentence, advice)


def _unknown(name: str, sentence: str, advice: str) -> Say:
    return _say(name, Outcome.COULD_NOT_CHECK, sentence, advice)
