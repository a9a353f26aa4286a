"""Acts in plain words."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import acts


@dataclass(frozen=True)
class ActWords:
    """`name` follows "may"; `explained` is a sentence for whoever gives the right."""

    code: str
    name: str | Promise
    explained: str | Promise
    subject: str | Promise
    two_people: bool


_CASES, _PAPERS, _MONEY = _("Cases"), _("Papers and keys"), _("Money")
_PEOPLE, _REPORTS = _("People and rights"), _("Reports")
_SERVICES, _MACHINE = _("Services"), _("Operations")
_ORDER = (_CASES, _PAPERS, _MONEY, _PEOPLE, _SERVICES, _REPORTS, _MACHINE)
# By the word before the point; acts on money have many.
_SUBJECTS: Mapping[str, Promise] = {
    "case": _CASES,
    "paper": _PAPERS,
    "credential": _PAPERS,
    "rights": _PEOPLE,
    "staff": _PEOPLE,
    "report": _REPORTS,
    "privacy": _PEOPLE,
    "person": _PEOPLE,
    "agent": _PEOPLE,
    "catalogue": _SERVICES,
    "operations": _MACHINE,
}


def act(code: str) -> ActWords:
    """Return the act in words; of one that no app declares any more, its code."""
    try:
        found = acts.known(code)
    except acts.UnknownAct:
        return ActWords(code, code, "", "", two_people=True)
    subject = _SUBJECTS.get(code.partition(".")[0], _MONEY)
    return ActWords(code, found.name or code, found.explained, subject, found.two_people)


def by_subject() -> dict[str, list[ActWords]]:
    """Return every act that a right can be given for, by subject, in the reader's language."""
    found: dict[str, list[ActWords]] = {str(subject): [] for subject in _ORDER}
    for one in acts.declared():
        said = act(one.code)
        found[str(said.subject)].append(said)
    return {subject: those for subject, those in found.items() if those}
