"""
Whether a rail answers us, whether it tells what it should, and reading its list of what was paid.

A rail is silent when it has failed to answer for two minutes and nobody has heard it since; quiet
when nothing comes although it should, late when what comes is old (`channels` finds out both).
In each of these bills do not expire: what was paid may not have been told. The list (pull) finds
what a lost message would have told; the statement finds the rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

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
# `channels` looks every minute; an old look says nothing about now.
LOOK_FRESH = timedelta(minutes=15)
PULL_EVERY = timedelta(minutes=10)
# Each pull reaches back so far, because providers list some payments late (payments.md 1.1).
PULL_REACHES_BACK = timedelta(hours=2)
PULL_AGAIN_AFTER = timedelta(minutes=2)


SILENT: Final = "silent"
QUIET: Final = "quiet"
LATE: Final = "late"


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why what was paid on a rail may not have been told: SILENT, QUIET or LATE."""

    kind: str
    since: datetime
    late_by: timedelta | None  # How late its confirmations are, where that is known.


@dataclass(frozen=True, slots=True)
class RailState:
    """How one rail is doing."""

    code: str
    names: dict[str, str]
    kind: str
    answered_at: datetime | None
    silent_since: datetime | None  # Since when it is in trouble, whichever; None: in none.
    pulled_until: datetime | None
    pulls: bool
    trouble: Trouble | None = None


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
    """Return the active rails that are in trouble at present: silent, quiet or late."""
    in_trouble = troubles(now)
    return list(Rail.objects.filter(pk__in=in_trouble).order_by("position", "code"))


def troubles(now: datetime) -> dict[int, Trouble]:
    """Return the active rails in trouble, by their ids; with one query."""
    found = {one.rail_id: trouble(one, now) for one in RailHealth.objects.filter(rail__active=True)}
    return {rail_id: one for rail_id, one in found.items() if one is not None}


def trouble(health: RailHealth | None, now: datetime) -> Trouble | None:
    """Say what is the matter with a rail, the worst of it."""
    if health is None:
        return None
    looked = health.looked_at is not None and health.looked_at >= now - LOOK_FRESH
    late_by = None
    if looked and health.quiet_since is not None:
        late_by = now - health.quiet_since
    elif looked and health.late_seconds is not None:
        late_by = timedelta(seconds=health.late_seconds)
    if health.silent_since is not None and _is_silent(health, now):
        return Trouble(SILENT, health.silent_since, late_by)
    if looked and health.quiet_since is not None:
        return Trouble(QUIET, health.quiet_since, late_by)
    if looked and health.late_since is not None:
        return Trouble(LATE, health.late_since, late_by)
    return None


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


def _is_silent(health: RailHealth, now: datetime) -> bool:
    since, troubled_at = health.silent_since, health.troubled_at
    return (
        since is not None
        and since <= now - SILENT_AFTER
        and troubled_at is not None
        and troubled_at >= now - TROUBLE_FRESH
    )


def _state(rail: Rail, health: RailHealth | None, now: datetime) -> RailState:
    found = trouble(health, now)
    vendor = gateways.VENDORS.get(rail.kind)
    return RailState(
        code=rail.code,
        names=rail.names,
        kind=rail.kind,
        answered_at=health.answered_at if health else None,
        silent_since=found.since if found else None,
        pulled_until=health.pulled_until if health else None,
        pulls=vendor is not None and vendor.pulls is not None,
        trouble=found,
    )
