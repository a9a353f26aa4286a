"""What an editor chooses from: the country's own lists, and what the draft itself has named."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from babel import Locale, UnknownLocaleError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.states import Assurance
from catalogue.checks_editor import STAGES
from catalogue.checks_forms import FIELD_TYPES
from catalogue.checks_lookups import RECORDS
from catalogue.definition import KINDS, NATIONAL, PAPER_KINDS, UNITS
from catalogue.kinds import KIND_WORDS, STAGE_WORDS
from catalogue.models import Category
from catalogue.parts import ATTACHMENT_TYPES, PAPERS
from catalogue.words import tell
from documents import rendering
from kernel.country import country
from payments.states import ReturnWhen
from places import queries as places
from registers.entries import REGISTERS

Choice = tuple[str, Any]

FIELD_WORDS = {
    "text": _("One line"),
    "textarea": _("Several lines"),
    "choice": _("A choice"),
    "boolean": _("A box to tick"),
    "date": _("A day"),
    "area": _("An area"),
    "person": _("An identity number"),
    "phone": _("A telephone number"),
    "email": _("An email address"),
    "number": _("A number"),
    "record": _("The number of an act or file"),
}
UNIT_WORDS = {
    "working_days": _("working days"),
    "days": _("days"),
    "months": _("months"),
}
PAPER_WORDS = {
    "certificate": _("Certificate"),
    "extract": _("Extract"),
    "record": _("Record"),
}
REGISTER_WORDS = {
    "birth": _("Register of births"),
    "marriage": _("Register of marriages"),
    "death": _("Register of deaths"),
    "population": _("Population register"),
    "criminal": _("Criminal register"),
    PAPERS: _("Papers issued here"),
}
RETURN_WORDS = {
    ReturnWhen.BEFORE_DECISION: _("if she withdraws before the decision"),
    ReturnWhen.IF_REFUSED: _("if the application is refused"),
    ReturnWhen.ON_ERROR: _("if the office cannot give what was paid for"),
    ReturnWhen.OTHER: _("in other cases, said in words"),
    ReturnWhen.NEVER: _("never"),
    ReturnWhen.UNPUBLISHED: _("not published"),
}
_TYPES = {
    "areas": ("area",),
    "texts": ("text",),
    "days": ("date", "number"),
    "persons": ("person",),
}
FILE_WORDS = {"pdf": _("PDF"), "image": _("Photograph")}


def choices(name: str, definition: Mapping[str, Any], language: str) -> list[Choice]:
    """Return a list by its name in `editing_parts`, in the editor's language."""
    match name:
        case "fees":
            return _coded(definition.get("fees"), language)
        case "slots":
            return _coded(definition.get("attachments"), language)
        case "areas" | "texts" | "days" | "persons":
            meant = (one for one in fields(definition) if one.get("type") in _TYPES[name])
            return [(one["code"], _label(one, language)) for one in meant]
    return _of_country(name, language) or list(_fixed(name))


def _of_country(name: str, language: str) -> list[Choice]:
    match name:
        case "categories":
            rows = Category.objects.order_by("position")
            return [(one.code, tell(one.names, language).text) for one in rows]
        case "agencies":
            return sorted(places.agency_names(language).items(), key=lambda one: one[1])
        case "beneficiaries":
            known = places.beneficiaries()
            told = [(code, tell(names, language).text) for code, names in known.items()]
            own = ("district", gettext("The district of the office that decides"))
            return [own, *sorted(told, key=lambda one: one[1])]
        case "languages":
            return [(one, language_name(one)) for one in country().languages]
        case "levels":
            return [(one, one) for one in country().area_levels]
        case "office_levels":
            return [(one, one) for one in (*reversed(country().area_levels), NATIONAL)]
        case "papers":
            return [(one, one) for one in rendering.paper_types()]
    return []


def language_name(code: str) -> str:
    """Return what a language calls itself; its code where nobody knows."""
    try:
        name = Locale.parse(code).get_display_name(code)
    except (UnknownLocaleError, ValueError):
        name = None
    return (name or code).capitalize()


def fields(definition: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every question of the draft that has a code, in the form's order."""
    for group in definition.get("form") or ():
        yield from (one for one in group.get("fields") or () if one.get("code"))


def field_choices(definition: Mapping[str, Any], language: str) -> list[Choice]:
    """Return every question of the draft, to name in a condition."""
    return [(one["code"], _label(one, language)) for one in fields(definition)]


def _fixed(name: str) -> Sequence[Choice]:
    words: dict[str, tuple[Sequence[str], Mapping[Any, Any]]] = {
        "kinds": (KINDS, KIND_WORDS),
        "stages": (STAGES, STAGE_WORDS),
        "units": (UNITS, UNIT_WORDS),
        "paper_kinds": (PAPER_KINDS, PAPER_WORDS),
        "registers": (list(REGISTERS), REGISTER_WORDS),
        "records": (RECORDS, REGISTER_WORDS),
        "returns": (ReturnWhen.values, RETURN_WORDS),
        "file_types": (ATTACHMENT_TYPES, FILE_WORDS),
        "field_types": (FIELD_TYPES, FIELD_WORDS),
    }
    if name == "assurances":
        return list(Assurance.choices)
    codes, told = words[name]
    return [(code, told.get(code, code)) for code in codes]


def _coded(items: Any, language: str) -> list[Choice]:
    return [
        (one["code"], tell(one.get("names") or {}, language).text or one["code"])
        for one in items or ()
        if one.get("code")
    ]


def _label(field: Mapping[str, Any], language: str) -> str:
    return tell(field.get("labels") or {}, language).text or str(field.get("code"))
