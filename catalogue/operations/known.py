"""
What a definition may name of this country: its languages, levels, agencies, beneficiaries.

Asked of what is to be published, and not of what stands: an older version stays readable.
"""

from collections.abc import Iterator

from catalogue.definition import PAPER_KINDS, Definition, Output
from catalogue.models import Category
from catalogue.strict import BadDefinition, check_code, check_web_address
from documents.rendering import UnknownPaperType, newest
from kernel.country import Country
from places import queries as places


class Known:
    """Read once, so that many definitions can be checked against it."""

    def __init__(self, country: Country) -> None:
        self.country = country
        self.categories = set(Category.objects.values_list("code", flat=True))
        self.agencies = set(places.agency_ids())
        self.beneficiaries = {*places.beneficiaries(), "district"}

    def check(self, definition: Definition) -> None:
        levels = self.country.area_levels
        _among(definition.category, self.categories, "category")
        _among(definition.agency, self.agencies, "agency")
        _among(definition.office_level, {*levels, "national"}, "office_level")
        for language in definition.names:
            _among(language, set(self.country.languages), "names")
        for i, fee in enumerate(definition.fees):
            _among(fee.beneficiary, self.beneficiaries, f"fees[{i}].beneficiary")
            _among(fee.currency, {self.country.currency}, f"fees[{i}].currency")
        for field in definition.questions:
            if field.level_name:
                _among(field.level_name, set(levels), f"form: {field.code}.level_name")
        if definition.output and definition.output.paper:
            _check_paper(definition.output)
        for where, code in _codes(definition):
            check_code(code, where)
        for where, url in _addresses(definition):
            check_web_address(url, where)


def _codes(definition: Definition) -> Iterator[tuple[str, str]]:
    """Yield what cases, bills and the editor's own addresses keep."""
    for key in ("fees", "refusal_reasons", "completion_reasons"):
        for i, each in enumerate(getattr(definition, key)):
            yield f"{key}[{i}].code", each.code


def _addresses(definition: Definition) -> Iterator[tuple[str, str]]:
    """Yield what a page offers as a link."""
    yield from ((f"sources[{i}].url", each.url) for i, each in enumerate(definition.sources))
    yield from ((f"faq[{i}].source", each.source) for i, each in enumerate(definition.faq))
    for i, fee in enumerate(definition.fees):
        if fee.returnable:
            yield f"fees[{i}].returnable.source", fee.returnable.source
    if definition.contact:
        yield "contact.url", definition.contact.url
        yield "contact.source", definition.contact.source


def _check_paper(output: Output) -> None:
    """Somebody who applies must be able to get what is promised: documents can draw it."""
    try:
        template = newest(output.paper or "")
    except UnknownPaperType:
        raise BadDefinition(f'output.paper: nobody can draw "{output.paper}"') from None
    _among(output.kind, {kind for kind in PAPER_KINDS if template.offers(kind)}, "output.kind")
    _among(output.register, {template.register}, "output.register")


def _among(code: str, known: set[str], where: str) -> None:
    if code not in known:
        raise BadDefinition(f'{where}: unknown "{code[:60]}"')
