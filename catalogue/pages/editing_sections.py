"""The pages of the editor, in their order, and what stands on each of them."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from catalogue.pages.editing_parts import (
    ATTACHMENTS,
    CODE_HINT,
    FAQ,
    FEES,
    GROUPS,
    ITSELF,
    SCREENS,
    WAIVERS,
    Input,
    Listing,
    Section,
    Words,
)


def _texts_of(key: str, title: Words, one: Words) -> Listing:
    return Listing(key, title, one, (Input(ITSELF, "paragraphs", one, required=True),))


def _reasons(key: str, title: Words) -> Listing:
    return Listing(
        key,
        title,
        _("Reason"),
        (
            Input("labels", "paragraphs", _("What the applicant reads"), required=True),
            Input("code", "code", _("Code"), CODE_HINT, required=True),
        ),
    )


SECTIONS: tuple[Section, ...] = (
    Section(
        "words",
        _("Name and words"),
        _("What people read first. Plain words; a line that begins with - is a list."),
        (
            Input("names", "texts", _("Name"), required=True),
            Input("summary", "paragraphs", _("In one sentence")),
            Input("who_may_apply", "paragraphs", _("Who may apply")),
            Input("synonyms", "synonyms", _("Other words for it"), _("Commas between them.")),
            Input("unofficial", "many", _("Languages whose name is our own translation"),
                  choices="languages"),
            Input("machine", "many", _("Languages whose words a machine made"),
                  _("Take a language out once somebody who speaks it has read every text."),
                  choices="languages"),
        ),
    ),
    Section(
        "kind",
        _("Kind and place"),
        _("Where the service stands in the catalogue, and how far it is on line."),
        (
            Input("category", "choice", _("Category"), required=True, choices="categories"),
            Input("agency", "choice", _("Agency"), required=True, choices="agencies"),
            Input("kind", "choice", _("Kind"), required=True, choices="kinds"),
            Input("stage", "choice", _("How far it is on line"), _("Left open: what it can do."),
                  choices="stages"),
            Input("applicable", "bool", _("People apply for it on this site")),
            Input("case_prefix", "text", _("First letters of its case numbers"),
                  _("Two to four capital letters.")),
            Input("assurance", "choice", _("How sure we must be of who applies"),
                  choices="assurances"),
            Input("takes_parts", "bool", _("Its bill may be paid in parts"), default=False),
        ),
    ),
    Section(
        "needed",
        _("What is needed and how it goes"),
        lists=(
            _texts_of("needed", _("What people need first"), _("Thing")),
            _texts_of("steps", _("How it goes"), _("Step")),
            _texts_of("notes", _("Good to know"), _("Note")),
        ),
    ),
    Section("fees", _("Fees"), lists=(FEES, WAIVERS)),
    Section("form", _("Form"), lists=(GROUPS,)),
    Section("attachments", _("Documents to give"), lists=(ATTACHMENTS,)),
    Section(
        "office",
        _("Which office decides"),
        _("A case goes to the office of this level whose area the answer names."),
        (
            Input("office_level", "choice", _("Level of the office"), required=True,
                  choices="office_levels"),
            Input("area_field", "choice", _("Answer that names the area"), choices="areas"),
            Input("office", "texts", _("Where that is, in words")),
            Input("processed_by", "texts", _("Who decides, in words")),
            Input("second_approval", "bool", _("A second officer confirms each approval"),
                  default=False),
            Input("load", "number", _("Weight of a case on an officer's desk"),
                  _("1 to 100; left empty: 1."), default=1),
        ),
    ),
    Section(
        "paper",
        _("Paper and validity"),
        _("What comes back. A paper says only what its register says."),
        (
            Input("output.names", "texts", _("Name of what people receive")),
            Input("output.paper", "choice", _("Paper that is drawn here"), choices="papers"),
            Input("output.register", "choice", _("Register that it is read from"),
                  choices="registers"),
            Input("output.kind", "choice", _("Contents"), choices="paper_kinds",
                  default="certificate"),
            Input("output.delivery", "texts", _("How it reaches people")),
            Input("output.validity", "texts", _("For how long it is valid, in words")),
            Input("output.valid_months", "number", _("The same in months"),
                  _("Left empty: no term."), default=0),
            Input("output.by_register", "bool",
                  _("The register issues it by itself, where everything agrees"), default=False),
            Input("output.by_register_ours", "bool",
                  _("No published source says so: it is our choice"), default=False),
        ),
    ),
    Section(
        "time",
        _("Deadline"),
        _("Only working days become a promise with a date."),
        (
            Input("time.value", "number", _("How long it takes at most")),
            Input("time.unit", "choice", _("Counted in"), choices="units"),
        ),
    ),
    Section(
        "reasons",
        _("Reasons"),
        _("An officer chooses from these, and the applicant reads their words."),
        lists=(
            _reasons("refusal_reasons", _("For refusing")),
            _reasons("completion_reasons", _("For asking again")),
        ),
    ),
    Section(
        "appeal",
        _("Appeal"),
        _("Left empty, people are told to ask at the office, and nobody can appeal here."),
        (
            Input("appeal.days", "number", _("Days in which to appeal")),
            Input("appeal.body", "texts", _("To whom")),
            Input("appeal.law", "text", _("Law")),
            Input("appeal.law_checked", "bool", _("I have read the law myself"), default=False),
        ),
    ),
    Section(
        "help",
        _("Questions and contact"),
        _("Whom people can ask, and what they ask most."),
        (
            Input("contact.phone", "text", _("Telephone")),
            Input("contact.email", "text", _("Email")),
            Input("contact.url", "text", _("Web address")),
            Input("contact.words", "paragraphs", _("In words")),
            Input("contact.source", "text", _("Web address where that was read")),
        ),
        (FAQ, SCREENS),
    ),
    Section(
        "sources",
        _("Where it was read"),
        lists=(
            Listing(
                "sources",
                _("Sources"),
                _("Source"),
                (
                    Input("url", "text", _("Web address"), required=True),
                    Input("note", "text", _("What to know about it")),
                ),
            ),
        ),
    ),
)  # fmt: skip

_BY_CODE = {one.code: one for one in SECTIONS}


class NoPart(Exception):
    """The editor has no such page."""


def section(code: str) -> Section:
    """:raises NoPart: for an unknown code"""
    if code not in _BY_CODE:
        raise NoPart(code)
    return _BY_CODE[code]


def section_of(key: str) -> Section | None:
    """Return the section in which this key of a definition is written."""
    for one in SECTIONS:
        if key in one.keys or key in {each.key for each in one.lists}:
            return one
    return None


def listing(path: tuple[str, ...]) -> Listing:
    """
    Return the list that a path leads into: ("form", "child", "fields", "born_on") into the fields.

    :raises NoPart: where no list has such a place
    """
    found: Listing | None = None
    for key in path[::2]:
        within = found.inner if found else tuple(each for one in SECTIONS for each in one.lists)
        found = next((each for each in within if each.key == key), None)
        if found is None:
            raise NoPart(key)
    if found is None:
        raise NoPart("")
    return found


def is_list(key: str) -> bool:
    """Say whether items of a list stand under this key, whichever part it is of."""
    return key in _LISTS


def every_input() -> Iterator[tuple[str, Words]]:
    """Yield the last word of every key with its label, so that differences can be said in words."""
    for one in SECTIONS:
        yield from ((each.key, each.label) for each in one.inputs)
        lists = list(one.lists)
        while lists:
            each = lists.pop()
            yield each.key, each.title
            yield from ((f"{each.key}.{question.key}", question.label) for question in each.inputs)
            lists += each.inner


def _keys_of(lists: tuple[Listing, ...]) -> Iterator[str]:
    for each in lists:
        yield each.key
        yield from _keys_of(each.inner)


_LISTS = frozenset(key for one in SECTIONS for key in _keys_of(one.lists))
