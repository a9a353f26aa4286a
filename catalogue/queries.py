"""What can be asked about services: their versions in force, and their needs."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from catalogue.definition import Definition, Fee, Time
from catalogue.models import Category, Need, NeedService, Service, ServiceVersion
from catalogue.words import Told, fold, tell

# Published versions as they were read: PostgreSQL lets nobody change one, and no id comes again.
_FROZEN_MAX = 500
_frozen: "dict[int, ServiceVersionView]" = {}


class NoService(Exception):
    """No active service, version or need has this name."""


@dataclass(frozen=True)
class ServiceVersionView:
    """A version as it was published; `id` is what a case keeps."""

    id: int
    number: int
    service_code: str
    definition: Definition
    published_at: datetime | None = None


@dataclass(frozen=True)
class ServiceCard:
    """A service in one line of a list, in the reader's language."""

    code: str
    name: Told
    summary: Told
    applicable: bool
    fees: tuple[Fee, ...]
    time: Time | None
    definition: Definition


@dataclass(frozen=True)
class NeedCard:
    code: str
    name: Told
    hint: Told
    ours: bool  # Whether it is our translation, which no native speaker has checked.


@dataclass(frozen=True)
class CategoryCard:
    code: str
    name: Told
    services: tuple[ServiceCard, ...]
    ours: bool = False


def current(service_code: str) -> ServiceVersionView:
    """
    Return the version in force.

    :raises NoService: if no active service has this code
    """
    found = Service.objects.select_related("current").filter(code=service_code, active=True).first()
    if found is None or found.current is None:
        raise NoService(service_code)
    return _view(found.current, found.code)


def version(version_id: int) -> ServiceVersionView:
    """
    Return any version, however old: answers are read with the version they were given under.

    :raises NoService: if the id is unknown
    """
    if version_id in _frozen:
        return _frozen[version_id]
    found = ServiceVersion.objects.select_related("service").filter(id=version_id).first()
    if found is None:
        raise NoService(version_id)
    return _view(found, found.service.code)


def version_ids(*, kind: str) -> list[int]:
    """Return the ids of all versions, however old, whose service ends in this kind of thing."""
    found = ServiceVersion.objects.filter(definition__kind=kind)
    return list(found.values_list("pk", flat=True))


def services(language: str, *, codes: Sequence[str] | None = None) -> list[ServiceCard]:
    """Return the active services by name, or those of `codes` in that order."""
    found = _in_force()
    if codes is not None:
        found = found.filter(code__in=codes)
    cards = [_card(service, language) for service in found]
    if codes is not None:
        return sorted(cards, key=lambda card: codes.index(card.code))
    return sorted(cards, key=lambda card: fold(card.name.text))


def service_names(codes: Collection[str], language: str) -> dict[str, str]:
    """Return the names of these active services by code, without reading what else they say."""
    found = _in_force().filter(code__in=codes)
    names = found.values_list("code", "current__definition__names")
    return {code: tell(texts, language).text for code, texts in names}


def services_called(language: str) -> dict[str, str]:
    """Return the name of every active service in the language by its code."""
    names = _in_force().values_list("code", "current__definition__names")
    return {code: tell(texts, language).text for code, texts in names}


def service_loads(codes: Collection[str]) -> dict[str, int]:
    """Return how much a case of each of these active services weighs, where it says so."""
    found = _in_force().filter(code__in=codes, current__definition__load__isnull=False)
    return dict(found.values_list("code", "current__definition__load"))


def services_that_can_be_applied_for(language: str) -> list[ServiceCard]:
    """Return the active services whose case is carried on line, by name."""
    cards = [_card(s, language) for s in _in_force().filter(current__definition__applicable=True)]
    return sorted(cards, key=lambda card: fold(card.name.text))


def by_category(language: str) -> list[CategoryCard]:
    """Return every active service under its category, in the pack's order of categories."""
    held: dict[str, list[ServiceCard]] = {}
    for card in services(language):
        held.setdefault(card.definition.category, []).append(card)
    return [
        CategoryCard(
            category.code,
            tell(category.names, language),
            tuple(held[category.code]),
            ours=language in category.unofficial,
        )
        for category in Category.objects.order_by("position")
        if category.code in held
    ]


def needs(language: str) -> list[NeedCard]:
    """Return what may have happened to somebody, in the pack's order."""
    return [_need_card(need, language) for need in Need.objects.order_by("position")]


def need(code: str, language: str) -> tuple[NeedCard, list[ServiceCard]]:
    """
    Return one need and the services that help, in the pack's order.

    :raises NoService: if no need has this code
    """
    found = Need.objects.filter(code=code).first()
    if found is None:
        raise NoService(code)
    links = NeedService.objects.filter(need=found).order_by("position")
    codes = list(links.values_list("service__code", flat=True))
    return _need_card(found, language), services(language, codes=codes)


def cards_by_id(ids: Collection[int], language: str) -> dict[int, ServiceCard]:
    """Return the cards of these services by their ids; those that are not in force are left out."""
    return {found.pk: _card(found, language) for found in _in_force().filter(pk__in=ids)}


def _in_force() -> QuerySet[Service]:
    return Service.objects.select_related("current").filter(active=True, current__isnull=False)


def _view(version: ServiceVersion, service_code: str) -> ServiceVersionView:
    if version.pk in _frozen:
        return _frozen[version.pk]
    says = Definition.from_dict(version.definition)
    view = ServiceVersionView(version.pk, version.number, service_code, says, version.published_at)
    if version.published_at is not None:
        if len(_frozen) >= _FROZEN_MAX:
            _frozen.clear()
        _frozen[version.pk] = view
    return view


def _card(service: Service, language: str) -> ServiceCard:
    if service.current is None:
        raise NoService(service.code)
    definition = _view(service.current, service.code).definition
    return ServiceCard(
        code=service.code,
        name=tell(definition.names, language),
        summary=tell(definition.summary, language),
        applicable=definition.applicable,
        fees=definition.fees,
        time=definition.time,
        definition=definition,
    )


def _need_card(need: Need, language: str) -> NeedCard:
    name = tell(need.names, language)
    return NeedCard(
        need.code, name, tell(need.hints, language), ours=name.language in need.unofficial
    )
