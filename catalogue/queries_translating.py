"""The country's own texts by language: what they lack in one, and what a machine made."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from catalogue.models import Category, Need, Question, Service, ServiceDraft, Term
from catalogue.states import ENDED
from catalogue.words import fold
from design.wording import Share
from kernel.country import country
from places import naming

KINDS = (
    "service", "category", "need", "question", "term", "agency", "office", "beneficiary",
)  # fmt: skip

# Under which file of the pack `country.yaml` marks what a machine made.
_FILES = {
    "term": "glossary", "agency": "agencies", "office": "offices", "beneficiary": "beneficiaries",
}  # fmt: skip


@dataclass(frozen=True)
class PackText:
    """
    One text: of which thing, under which key of it ("form[0].labels"), in each language.

    `machine` are the languages whose words a machine made and no person has read; `draft_id` is of
    the draft in which its service is being written, if there is one.
    """

    kind: str
    code: str
    key: str
    texts: dict[str, str]
    machine: frozenset[str] = frozenset()
    draft_id: int | None = None

    @property
    def part(self) -> str:
        """The key of the definition under which the editor has it."""
        return self.key.partition(".")[0].partition("[")[0]

    def state(self, language: str) -> str:
        """Return "missing", "machine" or "read", as of a string of the site."""
        if not self.texts.get(language):
            return "missing"
        return "machine" if language in self.machine else "read"


@dataclass(frozen=True)
class PackShare(Share):
    """How many texts of a kind there are, how many lack words, how many a machine made."""

    kind: str = ""


def every(kind: str = "") -> list[PackText]:
    """Return each text that is said in any language, of this kind or of all; eight queries."""
    return [one for one in _every() if one.texts and kind in ("", one.kind)]


def chosen(texts: list[PackText], language: str, *, what: str, typed: str) -> list[PackText]:
    """Return the texts in this state ("all": any) that say these words, or belong to this code."""
    words = fold(typed)
    return [
        one
        for one in texts
        if what in ("all", one.state(language))
        and (not words or words in fold(" ".join((one.code, *one.texts.values()))))
    ]


def shares(texts: list[PackText], language: str) -> list[PackShare]:
    """Count the texts of each kind, those that lack this language, and those a machine made."""
    found = []
    for kind in KINDS:
        told = [one.state(language) for one in texts if one.kind == kind]
        if told:
            count = len(told), told.count("missing"), told.count("machine")
            found.append(PackShare(*count, kind=kind))
    return found


def share(texts: list[PackText], language: str) -> Share:
    told = [one.state(language) for one in texts]
    return Share(len(told), told.count("missing"), told.count("machine"))


def _every() -> Iterator[PackText]:
    drafts = dict(ServiceDraft.objects.exclude(state__in=ENDED).values_list("code", "pk"))
    services = Service.objects.filter(active=True).exclude(current=None).order_by("code")
    for code, definition in services.values_list("code", "current__definition"):
        for key, texts in _within(definition, ""):
            marked = _marked(definition, key)
            yield PackText("service", code, key, texts, marked, draft_id=drafts.get(code))
    for category in Category.objects.order_by("position"):
        marked = frozenset(category.unofficial)
        yield PackText("category", category.code, "names", category.names, marked)
    for need in Need.objects.order_by("position"):
        marked = frozenset(need.unofficial)
        yield PackText("need", need.code, "names", need.names, marked)
        yield PackText("need", need.code, "hints", need.hints, marked)
    for question in Question.objects.order_by("position"):
        marked = frozenset(question.unofficial)
        yield PackText("question", question.code, "asked", question.asked, marked)
        yield PackText("question", question.code, "answers", question.answers, marked)
    for term in Term.objects.order_by("code"):
        yield PackText("term", term.code, "names", term.names, _of_file("term"))
        yield PackText("term", term.code, "meanings", term.meanings, _of_file("term"))
    for kind, code, key, texts in naming.texts():
        yield PackText(kind, code, key, texts, _of_file(kind))


def _marked(definition: Mapping[str, Any], key: str) -> frozenset[str]:
    """Return the languages of a service's text that wait for a reader; a name may be official."""
    machine = frozenset(definition.get("machine") or ())
    return machine.intersection(definition.get("unofficial") or ()) if key == "names" else machine


def _of_file(kind: str) -> frozenset[str]:
    return frozenset(country().machine.get(_FILES[kind], ()))


def _within(value: object, key: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield every text within a definition, with the key that leads to it."""
    if isinstance(value, list):
        for i, one in enumerate(value):
            yield from _within(one, f"{key}[{i}]")
    elif isinstance(value, dict) and _is_text(value):
        yield key, value
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from _within(one, f"{key}.{name}" if key else name)


def _is_text(value: dict[str, object]) -> bool:
    known = {*country().languages, "en", "fr"}
    return (
        bool(value) and known.issuperset(value) and all(isinstance(v, str) for v in value.values())
    )
