"""
Loading the services of a country pack: `categories.yaml`, `services/*.yaml`, `needs.yaml`.

A pack seeds. A service that somebody has edited and published here keeps its words: "kept".
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db.models import F, Prefetch
from django.db.models.functions import Now

from catalogue.definition import PAPER_KINDS, Definition, Output
from catalogue.models import (
    Category,
    Need,
    NeedService,
    SearchEntry,
    Service,
    ServiceVersion,
)
from catalogue.operations.places_in_yaml import line_of
from catalogue.strict import BadDefinition
from catalogue.words import fold
from documents.rendering import UnknownPaperType, newest
from kernel.country import BadPack, Change, Country, read_country
from places import queries as places
from places.operations import packfiles
from places.operations.seeding import agree

NAME, SYNONYM, NEED, CATEGORY = 10, 8, 5, 3  # How much a phrase of each kind weighs in a search.


def load(pack: Path) -> list[Change]:
    """
    Make categories, services and needs agree with the pack. Inside a transaction, after places.

    :raises BadPack: if a file is wrong, or names an agency, beneficiary or service that is not
    """
    country = read_country(pack)
    changes = agree(_categories(pack), kind="category", fields=["names", "position"])
    definitions = dict(_definitions(pack, country))
    changes += _load_services(definitions)
    changes += _load_needs(pack, definitions)
    _index()
    return changes


def _categories(pack: Path) -> list[Category]:
    file = pack / "categories.yaml"
    raw = packfiles.listed(packfiles.read_yaml(file), file=file, where="the file")
    wanted = []
    for i, item in enumerate(raw):
        packfiles.keys(item, file=file, where=f"[{i}]", required=("code", "names"))
        names = packfiles.names(item["names"], file=file, where=f"[{i}].names")
        wanted.append(Category(code=item["code"], names=names, position=i))
    return wanted


def _definitions(pack: Path, country: Country) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield code and definition, checked, of every service of the pack."""
    folder = pack / "services"
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise BadPack(f"{folder} holds no service")
    known = _Known(country)
    for file in files:
        raw = packfiles.read_yaml(file)
        try:
            definition = Definition.from_dict(raw)
            known.check(definition)
        except BadDefinition as error:
            line = line_of(file, str(error).partition(":")[0])
            raise BadPack(f"{file}, line {line}: {error}") from None
        if definition.code != file.stem:
            raise BadPack(f'{file}: code: "{definition.code}" is not the name of the file')
        yield definition.code, raw


class _Known:
    """What a definition may name: the country's languages, levels, agencies, beneficiaries."""

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
        for field in definition.fields.values():
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


def _load_services(definitions: dict[str, dict[str, Any]]) -> list[Change]:
    changes = agree(_services(definitions), kind="service", fields=_SERVICE_FIELDS, retire=True)
    versions = Prefetch("versions", ServiceVersion.objects.order_by("-number"))
    fresh = []
    for service in Service.objects.filter(code__in=definitions).prefetch_related(versions):
        standing = list(service.versions.all())
        published = [v for v in standing if v.published_at is not None]
        if any(v.source == ServiceVersion.Source.EDIT for v in published):
            changes.append(Change("catalogue", "service", service.code, "kept"))
        elif not published or published[0].definition != definitions[service.code]:
            number = standing[0].number + 1 if standing else 1
            fresh.append(
                ServiceVersion(
                    service=service,
                    number=number,
                    definition=definitions[service.code],
                    published_at=Now(),
                    source=ServiceVersion.Source.PACK,
                )
            )
            changes.append(Change("catalogue", "version", service.code, f"published {number}"))
    ServiceVersion.objects.bulk_create(fresh)
    for version in fresh:
        version.service.current = version
    Service.objects.bulk_update([version.service for version in fresh], ["current"])
    return changes


_SERVICE_FIELDS = ["category_id", "agency_id", "kind", "active"]


def _services(definitions: dict[str, dict[str, Any]]) -> list[Service]:
    categories = dict(Category.objects.values_list("code", "id"))
    agencies = places.agency_ids()
    return [
        Service(
            code=code,
            category_id=categories[raw["category"]],
            agency_id=agencies[raw["agency"]],
            kind=raw["kind"],
            active=True,
        )
        for code, raw in definitions.items()
    ]


def _load_needs(pack: Path, definitions: dict[str, dict[str, Any]]) -> list[Change]:
    file = pack / "needs.yaml"
    raw = packfiles.listed(packfiles.read_yaml(file), file=file, where="the file")
    wanted, helping = [], {}
    for i, item in enumerate(raw):
        where = f"[{i}]"
        packfiles.keys(
            item, file=file, where=where, required=("code", "names", "hints", "services")
        )
        names = packfiles.names(item["names"], file=file, where=f"{where}.names")
        hints = packfiles.names(item["hints"], file=file, where=f"{where}.hints")
        wanted.append(Need(code=item["code"], names=names, hints=hints, position=i))
        for code in item["services"]:
            if code not in definitions:
                raise BadPack(f'{file}: {where}.services: no service "{code}"')
        helping[item["code"]] = item["services"]
    changes = agree(wanted, kind="need", fields=["names", "hints", "position"])
    Need.objects.exclude(code__in=helping).delete()
    services = dict(Service.objects.values_list("code", "id"))
    NeedService.objects.all().delete()
    NeedService.objects.bulk_create(
        NeedService(need=need, service_id=services[code], position=i)
        for need in Need.objects.all()
        for i, code in enumerate(helping[need.code])
    )
    return changes


def _index() -> None:
    """Write anew the phrases by which services are found, from the versions in force."""
    SearchEntry.objects.all().delete()
    categories = {c.code: c.names for c in Category.objects.all()}
    by_need: dict[int, list[dict[str, str]]] = {}
    for link in NeedService.objects.select_related("need"):
        by_need.setdefault(link.service_id, []).extend([link.need.names, link.need.hints])
    entries: dict[tuple[int, str, str], int] = {}
    in_force = ServiceVersion.objects.filter(service__active=True, service__current=F("id"))
    for version in in_force.select_related("service"):
        service, says = version.service, Definition.from_dict(version.definition)
        phrases = [(NAME, lang, text) for lang, text in says.names.items()]
        phrases += [(SYNONYM, lang, t) for lang, texts in says.synonyms.items() for t in texts]
        for names in by_need.get(service.pk, []):
            phrases += [(NEED, lang, text) for lang, text in names.items()]
        phrases += [(CATEGORY, lang, t) for lang, t in categories[says.category].items()]
        for weight, language, text in phrases:
            key = (service.pk, language, fold(text))
            entries[key] = max(weight, entries.get(key, 0))
    SearchEntry.objects.bulk_create(
        SearchEntry(service_id=pk, language=language, folded=folded, weight=weight)
        for (pk, language, folded), weight in entries.items()
    )
