"""The form of a service on paper, made from the same definition as its pages."""

from datetime import UTC, datetime
from functools import lru_cache

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.utils.http import quote_etag
from django.utils.translation import get_language, gettext
from django.views.decorators.http import condition, require_safe

from catalogue import queries
from catalogue.definition import Definition
from catalogue.parts import Condition, Field, Group
from catalogue.queries import ServiceVersionView
from catalogue.words import FALLBACK, tell
from documents.rendering import request_form
from documents.rendering.request_form import Question, RequestForm, Section
from kernel.country import country
from kernel.money import Money
from places import queries as places

_NOT_PUBLISHED = datetime(2000, 1, 1, tzinfo=UTC)
_STORY_LINES = 4
_ROWS_MAX = 6
# Boxes of one letter, where an answer has a length that everybody knows.
_CELLS = {"date": (2, 2, 4), "phone": (13,), "number": (9,), "person": (16,)}


def _etag(request: HttpRequest, code: str) -> str | None:
    try:
        version = queries.current(code)
    except queries.NoService:
        return None
    return quote_etag(f"{version.id}-{_language()}")


@require_safe
@condition(etag_func=_etag)
def form_pdf(request: HttpRequest, code: str) -> HttpResponse:
    """Give the form of the version in force, in the reader's language."""
    try:
        version = queries.current(code)
    except queries.NoService:
        raise Http404 from None
    if not version.definition.form:
        raise Http404
    response = HttpResponse(_drawn(version.id, _language()), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{code}-{version.number}.pdf"'
    patch_cache_control(response, public=True, max_age=300)
    response["Vary"] = "Accept-Language, Cookie"
    return response


@lru_cache(maxsize=128)
def _drawn(version_id: int, language: str) -> bytes:
    """A published version never changes, and so its form is drawn once a language."""
    return request_form.draw(content(queries.version(version_id), language))


def content(version: ServiceVersionView, language: str) -> RequestForm:
    """Return what is printed, in the language."""
    definition = version.definition
    agency = places.agency(definition.agency)
    note = gettext("%(name)s · form of version %(number)s") % {
        "name": definition.name(language),
        "number": version.number,
    }
    return RequestForm(
        title=definition.name(language),
        language=language,
        country=country().name(language),
        agency=tell(agency.names, language).text if agency else "",
        intro=tuple(_intro(definition, language)),
        sections=(_who(), *(_section(definition, group, language) for group in definition.form)),
        bring_title=gettext("Bring with it"),
        bring=tuple(_bring(definition, language)),
        sign=(gettext("Place and date"), gettext("Signature or thumb mark of the applicant")),
        office_title=gettext("For the office"),
        office=(
            gettext("Received on, at"),
            gettext("Received by"),
            gettext("Number of the case"),
        ),
        note=note,
        page=gettext("Page %d"),
        # Of the version, so that equal forms are equal files.
        made_at=version.published_at or _NOT_PUBLISHED,
    )


def _intro(definition: Definition, language: str) -> list[str]:
    said = [tell(definition.who_may_apply, language).text]
    fees = [
        f"{tell(fee.names, language).text}: "
        f"{Money(fee.amount_minor, fee.currency).format(language)}"
        for fee in definition.fees
        if fee.amount_minor and not fee.variant
    ]
    if fees:
        said.append("; ".join(fees))
    said.append(gettext("Write in capital letters, one letter a box. Tick what fits."))
    return [text for text in said if text]


def _who() -> Section:
    questions = (
        Question(gettext("National identity number"), cells=_CELLS["person"]),
        Question(gettext("Family name")),
        Question(gettext("Given names")),
        Question(gettext("Date of birth"), hint=_day(), cells=_CELLS["date"]),
        Question(gettext("Mobile number"), cells=_CELLS["phone"]),
    )
    return Section(gettext("Who applies"), "", questions)


def _section(definition: Definition, group: Group, language: str) -> Section:
    only = _only(definition, group.when, language)
    told = " ".join(text for text in (only, tell(group.help, language).text) if text)
    asked = tuple(_question(definition, f, language) for f in group.asked)
    return Section(group.title(language).text, told, asked)


def _question(definition: Definition, field: Field, language: str) -> Question:
    label = tell(field.labels, language).text
    if not field.required:
        label += gettext(" (optional)")
    hint = tell(field.hints, language).text
    if field.type == "date":
        hint = f"{hint} {_day()}".strip()
    columns = tuple(tell(each.labels, language).text for each in field.fields)
    options = tuple(tell(option.labels, language).text for option in field.options)
    return Question(
        label=label,
        hint=hint,
        only=_only(definition, field.when, language),
        cells=_CELLS.get(field.type, ()),
        lines=_STORY_LINES if field.type == "textarea" else 1,
        options=(gettext("Yes"),) if field.type == "boolean" else options,
        columns=columns,
        rows=min(field.repeat.most, _ROWS_MAX) if field.repeat else 0,
    )


def _only(definition: Definition, when: Condition | None, language: str) -> str:
    if when is None:
        return ""
    return gettext("Only if: %(condition)s.") % {"condition": _told(definition, when, language)}


def _told(definition: Definition, when: Condition, language: str) -> str:
    """Return a condition in words: “Marital status” is “Married”."""
    for word, parts in ((gettext(" and "), when.all_), (gettext(" or "), when.any_)):
        if parts:
            return word.join(_told(definition, part, language) for part in parts)
    fields = {one.code: one for one in definition.questions} | definition.fields
    field = fields[when.field]
    said = {"name": tell(field.labels, language).text}
    if when.filled is not None:
        pattern = gettext("“%(name)s” is answered")
        return (pattern if when.filled else gettext("“%(name)s” is not answered")) % said
    if when.is_not:
        value = _value(field, when.is_not, language)
        return gettext("“%(name)s” is not “%(value)s”") % {**said, "value": value}
    values = when.in_ or (when.is_ or when.value,)
    told = gettext(" or ").join(f"“{_value(field, value, language)}”" for value in values)
    return gettext("“%(name)s” is %(values)s") % {**said, "values": told}


def _value(field: Field, value: str, language: str) -> str:
    if field.type == "boolean":
        return gettext("Yes") if value == "true" else gettext("No")
    labels = {option.value: option.labels for option in field.options}
    return tell(labels.get(value, {}), language).text or value


def _bring(definition: Definition, language: str) -> list[str]:
    return [
        tell(one.names, language).text + ("" if one.required else gettext(" (if it applies)"))
        for one in definition.attachments
    ]


def _day() -> str:
    return gettext("Day, month, year.")


def _language() -> str:
    return get_language() or FALLBACK
