"""What a definition may name of this country: its languages, levels, agencies, beneficiaries."""

from catalogue.definition import PAPER_KINDS, Definition, Output
from catalogue.models import Category
from catalogue.strict import BadDefinition
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
