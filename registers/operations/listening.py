"""
Reading what registers tell of: claimed with a lease, kept as it came, then understood.

Nothing is lost if the reader dies anywhere: the cursor moves only with the events, and what was
told twice is one row by the register's own id. What could not be understood, or contradicts what
was told before, is a row too, and the feed is in trouble until somebody has looked at it.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from kernel import outbox
from registers import feed as feeds
from registers.events import RegisterEventRead
from registers.feed import NotUnderstood, Page, Place, Told
from registers.indexes import person_indexes
from registers.models import EventPerson, Feed, FeedPage, RegisterEvent, StrangeEvent
from registers.operations.settling import STRANGE, settle_understood

log = structlog.get_logger()

EVERY = timedelta(minutes=1)
AFTER_TROUBLE = timedelta(minutes=5)
# What was read stands in the events; the bytes stay for questions about how it was read.
PAGES_KEPT = timedelta(days=90)


class Asked(NamedTuple):
    """A feed that this reader holds, and after which cursor it goes on."""

    feed_id: int
    name: str
    cursor: str


def claim_feeds(*, now: datetime, until: datetime) -> list[Asked]:
    """Lease the feeds that are due, until `until`."""
    with transaction.atomic():
        due = Feed.objects.select_for_update(skip_locked=True).filter(
            Q(due_at=None) | Q(due_at__lte=now), Q(lease_until=None) | Q(lease_until__lte=now)
        )
        claimed = list(due.order_by(F("due_at").asc(nulls_first=True), "pk"))
        Feed.objects.filter(pk__in=[one.pk for one in claimed]).update(lease_until=until)
    return [Asked(one.pk, one.name, one.cursor) for one in claimed]


def record_silence(*, feed_id: int, trouble: str, at: datetime) -> None:
    """The register gave no answer: ask again soon. `trouble` names no person."""
    _put_off(feed_id, trouble, at=at)
    log.warning("register.feed_silent", feed_id=feed_id, trouble=trouble)


def keep_page(*, asked: Asked, body: bytes, at: datetime) -> int:
    """Keep an answer byte for byte, before anybody tries to understand it; return its id."""
    page, _is_new = FeedPage.objects.get_or_create(
        feed_id=asked.feed_id,
        cursor=asked.cursor,
        sha256=hashlib.sha256(body).hexdigest(),
        defaults={"body": body.decode("latin-1"), "received_at": at},
    )
    if page.body is None:  # A register that went back to where it was: its bytes are needed again.
        page.body = body.decode("latin-1")
        page.save(update_fields=["body"])
    return page.pk


def forget_pages(*, now: datetime, limit: int) -> int:
    """Forget the bytes of at most `limit` answers that are 90 days past; return how many."""
    old = FeedPage.objects.filter(body__isnull=False, received_at__lte=now - PAGES_KEPT)
    # Where the feed stands, the same answer may come again any minute.
    old = old.exclude(cursor=F("feed__cursor"))
    unsettled = StrangeEvent.objects.filter(page=OuterRef("pk"), settled_at=None)
    few = old.exclude(Exists(unsettled)).order_by("received_at").values_list("pk", flat=True)
    gone = FeedPage.objects.filter(pk__in=list(few[:limit])).update(body=None)
    if gone:
        log.info("register.pages_forgotten", rows=gone)
    return gone


def take_in(*, page_id: int, at: datetime) -> int:
    """
    Write down the events of a kept answer, tell of those that are new, and return how many.

    Safe to repeat, in any order; an answer that cannot be understood leaves the cursor alone.
    """
    page = FeedPage.objects.get(pk=page_id)
    if page.body is None:
        return 0  # Long taken in, and forgotten since.
    try:
        told = feeds.read(page.body.encode("latin-1"), received_at=page.received_at)
        with transaction.atomic():
            feed = Feed.objects.select_for_update().get(pk=page.feed_id)
            new = _write_down(feed, page, told, at=at)
            if feed.cursor == page.cursor:  # Else somebody else has gone on from there already.
                _go_on(feed, told, at=at)
    except NotUnderstood as trouble:
        _ring(page, str(trouble), at=at)
        return 0
    except Exception as error:
        # Whatever an answer does to us, the feed says so and is read again; a person may stand
        # in the error's words, so only its class is told.
        _ring(page, f"not taken in: {type(error).__name__}", at=at)
        return 0
    log.info("register.page_taken_in", page_id=page_id, events=len(told.events), new=new)
    return new


def _ring(page: FeedPage, trouble: str, *, at: datetime) -> None:
    _put_off(page.feed_id, trouble, at=at)
    log.error("register.page_not_taken_in", page_id=page.pk, trouble=trouble)


def _write_down(feed: Feed, page: FeedPage, told: Page, *, at: datetime) -> int:
    said = {one.source_id for _, one in told.events}
    known = {
        row.source_id: _as_told(row)
        for row in RegisterEvent.objects.filter(feed=feed, source_id__in=said)
    }
    fresh: dict[str, Told] = {}
    contradicting: list[Place] = []
    for place, one in told.events:
        before = known.get(one.source_id) or fresh.setdefault(one.source_id, one)
        if before != one:
            contradicting.append(place)
    _write_down_strange(page, told.unread, contradicting, at=at)
    rows = RegisterEvent.objects.bulk_create(_row(feed, page, one, at=at) for one in fresh.values())
    EventPerson.objects.bulk_create(
        EventPerson(event=row, person_index=index)
        for row in rows
        for index in person_indexes(fresh[row.source_id].national_ids)
    )
    outbox.publish_many(RegisterEventRead(subject_id=row.pk, occurred_at=at) for row in rows)
    return len(rows)


def _write_down_strange(
    page: FeedPage, unread: Sequence[Place], contradicting: Sequence[Place], *, at: datetime
) -> None:
    why = StrangeEvent.Why
    strange = [(why.NOT_UNDERSTOOD, place) for place in unread]
    strange += [(why.CONTRADICTS, place) for place in contradicting]
    StrangeEvent.objects.bulk_create(
        (
            StrangeEvent(
                feed_id=page.feed_id,
                page=page,
                position=place.position,
                digest=place.digest,
                why=reason,
                seen_at=at,
            )
            for reason, place in strange
        ),
        ignore_conflicts=True,  # Told again, as it was.
    )
    settle_understood(page, {place.digest for _, place in strange}, at=at)


def _as_told(row: RegisterEvent) -> Told:
    return Told(
        source_id=row.source_id,
        kind=row.kind,
        entry_kind=row.entry_kind,
        happened_on=row.happened_on,
        recorded_at=row.recorded_at,
        national_ids=tuple(json.loads(row.national_ids)),
    )


def _row(feed: Feed, page: FeedPage, one: Told, *, at: datetime) -> RegisterEvent:
    return RegisterEvent(
        feed=feed,
        page=page,
        source_id=one.source_id,
        kind=one.kind,
        entry_kind=one.entry_kind,
        happened_on=one.happened_on,
        recorded_at=one.recorded_at,
        national_ids=json.dumps(one.national_ids),
        persons=len(person_indexes(one.national_ids)),
        read_at=at,
    )


def _go_on(feed: Feed, told: Page, *, at: datetime) -> None:
    moved = told.cursor != feed.cursor
    # A register that sends us round in a circle is asked once a minute, and somebody is told.
    back = moved and FeedPage.objects.filter(feed=feed, cursor=told.cursor).exists()
    strange = StrangeEvent.objects.filter(feed=feed, settled_at=None).count()
    feed.cursor, feed.heard_at, feed.lease_until = told.cursor, at, None
    feed.trouble = STRANGE if strange else "the cursor goes back" if back else ""
    # As long as it goes on there may be more: the next page is asked for at once.
    feed.due_at = at if moved and not back else at + EVERY
    feed.save(update_fields=["cursor", "heard_at", "lease_until", "trouble", "due_at"])
    if feed.trouble:
        log.error(
            "register.feed_in_trouble", feed_id=feed.pk, trouble=feed.trouble, strange=strange
        )


def _put_off(feed_id: int, trouble: str, *, at: datetime) -> None:
    Feed.objects.filter(pk=feed_id).update(
        trouble=trouble[:60], lease_until=None, due_at=at + AFTER_TROUBLE
    )
