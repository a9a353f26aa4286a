"""Registers are listened to, and asked for the entries of a case."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime

import structlog

from accounts import queries as accounts
from applications import operations as applications
from registers import gateways
from registers import operations as registers
from registers.entries import Entry
from workers.errands.carrying import LEASE, Clock

log = structlog.get_logger()

# Asked at the same time: a register that is slow keeps them waiting once, and not eight times.
QUESTIONS_MAX = 8


def read_register_events(clock: Clock) -> int:
    now = clock()
    claimed = registers.claim_feeds(now=now, until=now + LEASE)
    for asked in claimed:
        try:
            body = gateways.feed(asked.name).events(after=asked.cursor)
        except gateways.RegisterUnavailable as trouble:
            registers.record_silence(feed_id=asked.feed_id, trouble=str(trouble), at=clock())
            continue
        page_id = registers.keep_page(asked=asked, body=body, at=clock())
        registers.take_in(page_id=page_id, at=clock())
    return len(claimed)


def ask_registers(clock: Clock) -> int:
    now = clock()
    claimed = applications.claim_questions(limit=QUESTIONS_MAX, now=now, until=now + LEASE)
    if not claimed:
        return 0
    # The moment before any is asked: an entry may know more than it is cited for, never less.
    asked, read_at = applications.questions(claimed), clock()
    with ThreadPoolExecutor(max_workers=len(claimed)) as pool:
        # The threads ask, and touch no database.
        heard = {
            question_id: pool.submit(
                gateways.entries, register=each.register, national_id=each.national_id
            )
            for question_id, each in asked.items()
        }
    for question_id, answer in heard.items():
        _take_answer(question_id, answer, read_at, clock)
    return len(claimed)


def ask_families(clock: Clock) -> int:
    """Ask the population register whose family each member of staff is, once a day."""
    now = clock()
    claimed = registers.claim_families(limit=QUESTIONS_MAX, now=now, until=now + LEASE)
    if not claimed:
        return 0
    numbers = {
        one.id: one.national_id or ""
        for one in accounts.persons([asked.person_id for asked in claimed])
    }
    with ThreadPoolExecutor(max_workers=len(claimed)) as pool:
        # The threads ask, and touch no database.
        heard = {
            asked.family_id: pool.submit(_relatives, numbers[asked.person_id])
            for asked in claimed
            if asked.person_id in numbers
        }
    for family_id, answer in heard.items():
        try:
            registers.keep_family(family_id=family_id, national_ids=answer.result(), at=clock())
        except gateways.RegisterUnavailable as trouble:
            registers.record_no_family(family_id=family_id, trouble=str(trouble), at=clock())
    return len(claimed)


def _relatives(national_id: str) -> Sequence[str]:
    """:raises RegisterUnavailable: also where it does not know her, or says nothing of families"""
    entry = gateways.population().person(national_id=national_id)
    if entry is None or entry.relatives is None:
        raise gateways.RegisterUnavailable("no relatives told")
    return entry.relatives


def _take_answer(
    question_id: int, answer: Future[list[Entry]], read_at: datetime, clock: Clock
) -> None:
    try:
        applications.take_answer(
            question_id=question_id, entries=answer.result(), read_at=read_at, at=clock()
        )
    except gateways.RegisterUnavailable as trouble:
        # Asked again later; and an officer gets the case where that goes on for too long.
        log.warning("errand.register_silent", question_id=question_id, trouble=str(trouble))
    except Exception as trouble:
        # The same, and the other cases go on; an error's text may speak of a person.
        log.error(  # noqa: TRY400
            "errand.question_broke", question_id=question_id, trouble=type(trouble).__name__
        )
