"""The lists of a definition that an editor can write, and the questions about an item of each."""

from dataclasses import dataclass, field
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise
Kind = Literal[
    "texts", "paragraphs", "synonyms", "text", "code", "bool", "number", "amount", "day",
    "choice", "many", "condition",
]  # fmt: skip


@dataclass(frozen=True)
class Input:
    """
    One question of the editor, about one key; "time.value" is a key of a part.

    `choices` names a list of `editing_choices`. A value equal to `default` is left out of the file.
    """

    key: str
    kind: Kind
    label: Words
    hint: Words = ""
    required: bool = False
    choices: str = ""
    default: object = None


@dataclass(frozen=True)
class Listing:
    """A list of parts, each edited on a page of its own, in their order."""

    key: str
    title: Words
    one: Words  # What an item is called: "Fee".
    inputs: tuple[Input, ...]
    inner: tuple["Listing", ...] = ()
    intro: Words = ""


@dataclass(frozen=True)
class Section:
    """A page of the editor: questions about the service itself, and lists."""

    code: str
    title: Words
    intro: Words = ""
    inputs: tuple[Input, ...] = ()
    lists: tuple[Listing, ...] = field(default_factory=tuple)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the definition that its questions are about, without those of its lists."""
        return tuple(dict.fromkeys(one.key.partition(".")[0] for one in self.inputs))


# A text that is an item by itself: its key is the item.
ITSELF = ""

CODE_HINT = _("Small letters, digits and hyphens. It is never shown, and stays as it is.")
_WHEN = Input(
    "when", "condition", _("Only if"), _("Left empty: always. Only earlier questions can be named.")
)

OPTIONS = Listing(
    "options",
    _("Choices"),
    _("Choice"),
    (
        Input("value", "code", _("Code"), CODE_HINT, required=True),
        Input("labels", "texts", _("Words"), required=True),
    ),
)
FIELDS = Listing(
    "fields",
    _("Questions"),
    _("Question"),
    (
        Input("labels", "texts", _("Question"), required=True),
        Input("hints", "texts", _("Hint below the question")),
        Input(
            "code",
            "code",
            _("Code"),
            _("Small letters, digits, - and _. A code that the register uses is compared with it."),
            required=True,
        ),
        Input("type", "choice", _("Kind of answer"), required=True, choices="field_types"),
        Input("required", "bool", _("An answer is required"), default=True),
        Input(
            "level_name",
            "choice",
            _("Level of the area"),
            _("Only for an area."),
            choices="levels",
        ),
        Input(
            "within",
            "choice",
            _("Within the area of"),
            _("Only for an area: an earlier question that asks for the one around it."),
            choices="areas",
        ),
        Input("max_length", "number", _("At most so many characters")),
        Input("rules.min", "number", _("Least number")),
        Input("rules.max", "number", _("Greatest number")),
        Input("rules.after", "text", _("Not before the day"), _("A day such as 2020-01-31, today, "
              "today-18y, or the code of an earlier date.")),
        Input("rules.before", "text", _("Not after the day")),
        Input("rules.pattern", "text", _("Pattern"), _("A regular expression; leave it empty if "
              "you do not know what that is.")),
        Input("rules.message", "texts", _("What to say when it does not fit")),
        Input("lookup.name", "choice", _("Ask the register whether this is the family name"),
              _("Only for an identity number. The page says yes or no to what was typed."),
              choices="texts"),
        Input("lookup.born", "choice", _("Ask the register whether this is the day or year of "
              "birth"), choices="days"),
        Input("lookup.register", "choice", _("Where its number is looked up"), _("Only for the "
              "number of an act or file."), choices="records"),
        Input("lookup.person", "choice", _("Whose it is"), _("Left empty: the applicant's."),
              choices="persons"),
        _WHEN,
    ),
    (OPTIONS,),
)  # fmt: skip
GROUPS = Listing(
    "form",
    _("Pages of questions"),
    _("Page"),
    (
        Input("titles", "texts", _("Title of the page"), required=True),
        Input("help", "paragraphs", _("Words above the questions")),
        Input("code", "code", _("Code"), CODE_HINT, required=True),
        _WHEN,
        Input(
            "repeat.most",
            "number",
            _("Asked again, at most so many times"),
            _("Left empty: asked once."),
        ),
        Input("repeat.least", "number", _("At least so many times")),
        Input("repeat.names", "texts", _("What one of them is called"), _("Such as: Child")),
    ),
    (FIELDS,),
    _("Each page is one screen of the telephone. Ask only what the decision needs."),
)
FEES = Listing(
    "fees",
    _("Fees"),
    _("Fee"),
    (
        Input("names", "texts", _("Name"), required=True),
        Input("code", "code", _("Code"), CODE_HINT, required=True),
        Input(
            "amount_minor",
            "amount",
            _("Amount"),
            _("0 is free. Left empty: not published, and nobody can pay it here."),
        ),
        Input("beneficiary", "choice", _("Whose money it is"), required=True,
              choices="beneficiaries"),
        Input("revenue_code", "text", _("Revenue code"), _("Of the budget that it goes to.")),
        Input(
            "legal_source",
            "text",
            _("Law"),
            _("The law, order or tariff with its article. A fee changes only with its law."),
        ),
        Input("legal_from", "day", _("In force since"), _("When that law took effect.")),
        Input("legal_until", "day", _("In force until"), _("Left empty: no end is set.")),
        Input("legal_checked", "bool", _("I have read the law myself"), default=False),
        Input(
            "variant",
            "bool",
            _("Another price, chosen at the office: shown and never billed"),
            default=False,
        ),
        _WHEN,
        Input("returnable.when", "many", _("When it goes back"), choices="returns"),
        Input("returnable.words", "paragraphs", _("In words")),
        Input("returnable.law", "text", _("Law that says when it goes back")),
        Input("returnable.source", "text", _("Web address where that was read")),
    ),
    intro=_("Each line is one amount of one beneficiary. A changed line needs its law."),
)  # fmt: skip
WAIVERS = Listing(
    "waivers",
    _("Who pays less"),
    _("Rule"),
    (
        Input("names", "texts", _("Name"), required=True),
        Input("code", "code", _("Code"), CODE_HINT, required=True),
        Input("law", "text", _("Law"), required=True),
        Input("when", "condition", _("Holds if"), required=True),
        Input("fees", "many", _("Of which fees"), _("None chosen: of all."), choices="fees"),
        Input("percent", "number", _("Per cent taken off"), _("100: nothing is paid.")),
        Input("amount_minor", "amount", _("Or pays this amount instead")),
        Input("evidence", "choice", _("Document that proves it"), choices="slots"),
    ),
)
ATTACHMENTS = Listing(
    "attachments",
    _("Documents to give"),
    _("Document"),
    (
        Input("names", "texts", _("Name"), required=True),
        Input("conditions", "texts", _("When it is wanted, in words")),
        Input(
            "code",
            "code",
            _("Code"),
            _("With a code it is given here, as a file. Without one it is only named."),
        ),
        Input("required", "bool", _("Nobody can apply without it"), default=False),
        Input("types", "many", _("Kinds of file"), _("None chosen: all."), choices="file_types"),
        _WHEN,
    ),
)
FAQ = Listing(
    "faq",
    _("What people ask"),
    _("Question"),
    (
        Input("asked", "texts", _("Question"), required=True),
        Input("answers", "paragraphs", _("Answer"), required=True),
        Input("source", "text", _("Web address where that was read")),
    ),
)
STOPS = Listing(
    "stops",
    _("Answers with which nobody may apply"),
    _("Answer"),
    (
        Input("value", "code", _("Code of the choice"), required=True),
        Input("words", "paragraphs", _("Why"), required=True),
        Input("instead", "text", _("Code of a service that may help instead")),
    ),
)
SCREENS = Listing(
    "before",
    _("Asked before anybody starts"),
    _("Question"),
    (
        Input("labels", "texts", _("Question"), required=True),
        Input("hints", "texts", _("Hint below the question")),
        Input("code", "code", _("Code"), CODE_HINT, required=True),
    ),
    (OPTIONS, STOPS),
    _("Whether somebody may apply at all. The answers are kept nowhere."),
)
