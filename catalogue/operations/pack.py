"""
Loading the services of a country pack: `categories.yaml`, `services/*.yaml`, `needs.yaml`; and by
`packfound` what else people find: terms, answers, the directory of another site.

A pack seeds. A service that somebody has edited and published here keeps its words: "kept".
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db.models import Prefetch
from django.db.models.functions import Now

from catalogue.definition import Definition
from catalogue.models import (
    Category,
    Need,
    NeedService,
    Service,
    ServiceVersion,
)
from catalogue.operations import indexing, packfound
from catalogue.operations.known import Known
from catalogue.operations.places_in_yaml import line_of
from catalogue.strict import BadDefinition
from kernel.country import BadPack, Change, Country, read_country
from places import queries as places
from places.operations import packfiles
from places.operations.seeding import agree


def load(pack: Path) -> list[Change]:
    """
    Make categories, services and needs agree with the pack. Inside a transaction, after places.

    :raises BadPack: if a file is wrong, or names an agency, beneficiary or service that is not
    """
    country = read_country(pack)
    fields = ["names", "unofficial", "position"]
    changes = agree(_categories(pack), kind="category", fields=fields)
    definitions = dict(_definitions(pack, country))
    _check_instead(pack, definitions)
    changes += _load_services(definitions)
    changes += _load_needs(pack, definitions)
    changes += packfound.load(pack, country)
    indexing.index()
    return changes


def _categories(pack: Path) -> list[Category]:
    file = pack / "categories.yaml"
    raw = packfiles.listed(packfiles.read_yaml(file), file=file, where="the file")
    wanted = []
    for i, item in enumerate(raw):
        packfiles.keys(
            item, file=file, where=f"[{i}]", required=("code", "names"), optional=("unofficial",)
        )
        names = packfiles.names(item["names"], file=file, where=f"[{i}].names")
        ours = item.get("unofficial", [])
        wanted.append(Category(code=item["code"], names=names, unofficial=ours, position=i))
    return wanted


def _definitions(pack: Path, country: Country) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield code and definition, checked, of every service of the pack."""
    folder = pack / "services"
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise BadPack(f"{folder} holds no service")
    known = Known(country)
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


def _check_instead(pack: Path, definitions: dict[str, dict[str, Any]]) -> None:
    """Whoever may not apply for one service is sent to another only where there is one."""
    for code, raw in definitions.items():
        for screen in Definition.from_dict(raw).before:
            for stop in screen.stops:
                if stop.instead and stop.instead not in definitions:
                    file = pack / "services" / f"{code}.yaml"
                    raise BadPack(f'{file}: before: {screen.code}: no service "{stop.instead}"')


def _load_services(definitions: dict[str, dict[str, Any]]) -> list[Change]:
    # Whoever publishes an edit now is before us, and is kept, or after us, and is told.
    held = Service.objects.select_for_update(no_key=True).order_by("pk")
    list(held.values_list("pk"))
    edited = ServiceVersion.objects.filter(
        source=ServiceVersion.Source.EDIT, published_at__isnull=False
    )
    kept = {one.code: one for one in Service.objects.filter(versions__in=edited)}
    definitions = {code: raw for code, raw in definitions.items() if code not in kept}
    # What was edited here stands as it is, also where the pack does not know it.
    wanted = [*_services(definitions), *kept.values()]
    changes = agree(wanted, kind="service", fields=_SERVICE_FIELDS, retire=True)
    changes += [Change("catalogue", "service", code, "kept") for code in sorted(kept)]
    versions = Prefetch("versions", ServiceVersion.objects.order_by("-number"))
    fresh = []
    for service in Service.objects.filter(code__in=definitions).prefetch_related(versions):
        standing = list(service.versions.all())
        published = [v for v in standing if v.published_at is not None]
        if not published or published[0].definition != definitions[service.code]:
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
            item,
            file=file,
            where=where,
            required=("code", "names", "hints", "services"),
            optional=("unofficial",),
        )
        names = packfiles.names(item["names"], file=file, where=f"{where}.names")
        hints = packfiles.names(item["hints"], file=file, where=f"{where}.hints")
        ours = item.get("unofficial", [])
        wanted.append(
            Need(code=item["code"], names=names, hints=hints, unofficial=ours, position=i)
        )
        for code in item["services"]:
            if code not in definitions:
                raise BadPack(f'{file}: {where}.services: no service "{code}"')
        helping[item["code"]] = item["services"]
    changes = agree(wanted, kind="need", fields=["names", "hints", "unofficial", "position"])
    Need.objects.exclude(code__in=helping).delete()
    services = dict(Service.objects.values_list("code", "id"))
    NeedService.objects.all().delete()
    NeedService.objects.bulk_create(
        NeedService(need=need, service_id=services[code], position=i)
        for need in Need.objects.all()
        for i, code in enumerate(helping[need.code])
    )
    return changes
