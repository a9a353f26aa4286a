"""The country's own texts by language: which of them lack words in one."""

from collections.abc import Iterator
from dataclasses import dataclass

from catalogue.models import Category, Need, Question, Service, ServiceDraft, Term
from catalogue.states import ENDED
from catalogue.words import fold
from kernel.country import country
from places import naming

KINDS = (
    "service", "category", "need", "question", "term", "agency", "office", "beneficiary",
)  # fmt: skip


@dataclass(frozen=True)
class PackText:
    """
    One text: of which thing, under which key of it ("form[0].labels"), in each language.

    `draft_id` is of the draft in which its service is being written, if there is one.
    """

    kind: str
    code: str
    key: str
    texts: dict[str, str]
    draft_id: int | None = None

    @property
    def part(self) -> str:
        """The key of the definition under which the editor has it."""
        return self.key.partition(".")[0].partition("[")[0]

    def lacks(self, language: str) -> bool:
        return not self.texts.get(language)


@dataclass(frozen=True)
class PackShare:
    kind: str
    total: int
    missing: int


def every(kind: str = "") -> list[PackText]:
    """Return each text that is said in any language, of this kind or of all; eight queries."""
    return [one for one in _every() if one.texts and kind in ("", one.kind)]


def chosen(texts: list[PackText], language: str, *, missing: bool, typed: str) -> list[PackText]:
    """Return the texts that say these words, or belong to this code; those that lack `language`."""
    words = fold(typed)
    return [
        one
        for one in texts
        if not (missing and one.texts.get(language))
        and (not words or words in fold(" ".join((one.code, *one.texts.values()))))
    ]


def shares(texts: list[PackText], language: str) -> list[PackShare]:
    """Count the texts of each kind and those that lack this language."""
    found = []
    for kind in KINDS:
        of_kind = [one for one in texts if one.kind == kind]
        if of_kind:
            found.append(PackShare(kind, len(of_kind), sum(one.lacks(language) for one in of_kind)))
    return found


def _every() -> Iterator[PackText]:
    drafts = dict(ServiceDraft.objects.exclude(state__in=ENDED).values_list("code", "pk"))
    services = Service.objects.filter(active=True).exclude(current=None).order_by("code")
    for code, definition in services.values_list("code", "current__definition"):
        for key, texts in _within(definition, ""):
            yield PackText("service", code, key, texts, draft_id=drafts.get(code))
    for category in Category.objects.order_by("position"):
        yield PackText("category", category.code, "names", category.names)
    for need in Need.objects.order_by("position"):
        yield PackText("need", need.code, "names", need.names)
        yield PackText("need", need.code, "hints", need.hints)
    for question in Question.objects.order_by("position"):
        yield PackText("question", question.code, "asked", question.asked)
        yield PackText("question", question.code, "answers", question.answers)
    for term in Term.objects.order_by("code"):
        yield PackText("term", term.code, "names", term.names)
        yield PackText("term", term.code, "meanings", term.meanings)
    for kind, code, key, texts in naming.texts():
        yield PackText(kind, code, key, texts)


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
