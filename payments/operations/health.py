"""
Whether a rail answers us, and reading its list of what was paid.

A rail is silent when it has failed to answer for two minutes and nobody has heard it since. Bills
do not expire then: what was paid may not have been told. The list (pull) finds what a lost message
would have told; the statement finds the rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Q

from payments import gateways
from payments.gateways.prompt import Unreachable
from payments.models import Rail, RailHealth
from payments.operations import intake
from payments.operations.prompting import Clock
from payments.states import Auth

log = structlog.get_logger()

SILENT_AFTER = timedelta(minutes=2)
# Trouble that is older says nothing about now: nobody has asked since.
TROUBLE_FRESH = timedelta(minutes=30)
PULL_EVERY = timedelta(minutes=10)
# Each pull reaches back so far, because providers list some payments late (payments.md 1.1).
PULL_REACHES_BACK = timedelta(hours=2)
PULL_AGAIN_AFTER = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class RailState:
    """How one rail is doing."""

    code: str
    names: dict[str, str]
    kind: str
    answered_at: datetime | None
    silent_since: datetime | None  # None: it answers, or nobody has asked of late.
    pulled_until: datetime | None
    pulls: bool


def answered(*, rail_id: int, at: datetime) -> None:
    """The provider gave an answer that can be read, whatever it said."""
    RailHealth.objects.update_or_create(
        rail_id=rail_id, defaults={"answered_at": at, "silent_since": None}
    )


def troubled(*, rail_id: int, at: datetime) -> None:
    """The provider gave no answer, or none that can be read."""
    health, is_new = RailHealth.objects.get_or_create(
        rail_id=rail_id, defaults={"troubled_at": at, "silent_since": at}
    )
    if not is_new:
        RailHealth.objects.filter(pk=health.pk).update(troubled_at=at)
        RailHealth.objects.filter(pk=health.pk, silent_since__isnull=True).update(silent_since=at)


def silent(*, now: datetime) -> list[Rail]:
    """Return the active rails that do not answer at present."""
    return list(Rail.objects.filter(_is_silent(now), active=True).order_by("position", "code"))


def rails(now: datetime) -> list[RailState]:
    """Return every active rail and how it is doing; with two queries."""
    known = {health.rail_id: health for health in RailHealth.objects.all()}
    return [
        _state(rail, known.get(rail.pk), now)
        for rail in Rail.objects.filter(active=True).order_by("position", "code")
    ]


def claim_pulls(*, limit: int, now: datetime, until: datetime) -> list[int]:
    """Take rails whose list is to be read; each comes back at `until` if nobody records."""
    kinds = [kind for kind, vendor in gateways.VENDORS.items() if vendor.pulls is not None]
    if not kinds:
        return []
    for rail_id in Rail.objects.filter(kind__in=kinds, health__isnull=True).values_list(
        "pk", flat=True
    ):
        RailHealth.objects.get_or_create(rail_id=rail_id)
    with transaction.atomic():
        due = RailHealth.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
        found = list(
            due.filter(
                Q(next_pull_at__isnull=True) | Q(next_pull_at__lte=now), rail__kind__in=kinds
            )
            .order_by("rail_id")
            .values_list("rail_id", flat=True)[:limit]
        )
        RailHealth.objects.filter(pk__in=found).update(next_pull_at=until)
        return found


def pull(rail_id: int, *, clock: Clock) -> None:
    """Read a rail's list since the last time, with an overlap; every page is kept and posted."""
    rail = Rail.objects.get(pk=rail_id)
    health = RailHealth.objects.get(pk=rail_id)
    now = clock()
    since = min(health.pulled_until or now, now) - PULL_REACHES_BACK
    try:
        pages = gateways.pulls(kind=rail.kind, rail_code=rail.code).pull(since=since, until=now)
    except gateways.NoGateway:
        _pulled(rail_id, next_pull_at=now + PULL_EVERY, until=health.pulled_until)
        return
    except Unreachable:
        troubled(rail_id=rail_id, at=clock())
        _pulled(rail_id, next_pull_at=now + PULL_AGAIN_AFTER, until=health.pulled_until)
        return
    with transaction.atomic():
        _keep(rail, pages, at=clock())
        answered(rail_id=rail_id, at=clock())
        _pulled(rail_id, next_pull_at=now + PULL_EVERY, until=now)


def _keep(rail: Rail, pages: Sequence[bytes], *, at: datetime) -> None:
    for page in pages:
        intake.receive(
            rail_code=rail.code,
            kind=f"{rail.kind}.pull",
            body=page,
            headers={},
            remote_ip=None,
            auth=Auth.VALID,  # The answer to our own question, under our own contract.
            at=at,
        )
    log.info("rail.pulled", rail=rail.code, pages=len(pages))


def _pulled(rail_id: int, *, next_pull_at: datetime, until: datetime | None) -> None:
    RailHealth.objects.filter(pk=rail_id).update(next_pull_at=next_pull_at, pulled_until=until)


def _is_silent(now: datetime) -> Q:
    return Q(
        health__silent_since__lte=now - SILENT_AFTER,
        health__troubled_at__gte=now - TROUBLE_FRESH,
    )


def _state(rail: Rail, health: RailHealth | None, now: datetime) -> RailState:
    since = health.silent_since if health else None
    fresh = (
        health is not None
        and health.troubled_at is not None
        and (health.troubled_at >= now - TROUBLE_FRESH)
    )
    is_silent = since is not None and since <= now - SILENT_AFTER and fresh
    vendor = gateways.VENDORS.get(rail.kind)
    return RailState(
        code=rail.code,
        names=rail.names,
        kind=rail.kind,
        answered_at=health.answered_at if health else None,
        silent_since=since if is_silent else None,
        pulled_until=health.pulled_until if health else None,
        pulls=vendor is not None and vendor.pulls is not None,
    )
