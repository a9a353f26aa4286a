"""Papers that are collected: laid ready at the counter, given to whoever proves who she is."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from hmac import compare_digest

import structlog
from django.db import transaction

from accounts import policies as rights
from accounts import queries as accounts
from accounts.limits import Limit
from accounts.operations import budgets
from applications import policies
from applications.events import CollectionCodeAsked, CollectionOverdue, CollectionReminded
from applications.models import Application, GivenPaper, GivenWitness, ReadyPaper
from applications.operations.moving import NotNow, lock, move, require_status
from applications.operations.noting import bounded
from applications.queries import handing
from applications.states import Collector, ProofKind, Status
from catalogue import queries as catalogue
from kernel import outbox
from kernel.crypto import keyed_hash
from places import queries as places

log = structlog.get_logger()

CODE_DIGITS = 6
CODE_TRIES_MAX = 5
CODE_AGAIN_AFTER = timedelta(minutes=2)
# Five tries of a million, five times a day: nobody at the counter guesses her way past the second.
CODES_OF_A_CASE = Limit("collection.code", 5, timedelta(days=1))
AUTHORITY_CHARACTERS_MAX = 300
# No country's rule: after two weeks she may have forgotten, after a month somebody must decide.
REMIND_AFTER = timedelta(days=14)
TELL_AFTER = timedelta(days=30)
_AT_ONCE_MAX = 200
_PROOF_ENDS = 3


class NotPhysical(Exception):
    """The service gives nothing that could lie at a counter."""


class ProofRefused(Exception):
    """A known kind of paper, and three letters or digits at the end of its number, are wanted."""


class CodeJustSent(Exception):
    """A code went out a moment ago: wait for it."""


class NobodyWaits(Exception):
    """Nobody without a code waits for a second officer."""


class SameHands(Exception):
    """Whoever took the proof cannot be the second to have seen it."""


class Outcome(Enum):
    """What came of it; told and not raised, so that a wrong code stays counted."""

    COLLECTED = "collected"
    WITNESS_WANTED = "witness_wanted"
    CODE_WRONG = "code_wrong"
    CODE_SPENT = "code_spent"


@dataclass(frozen=True)
class Proof:
    """
    What whoever collects shows.

    `ends` are the last three characters of the paper's number, `code` what the applicant's phone
    was told, "" for none; `authority` who she is and by what right she comes, of another.
    """

    kind: str
    ends: str
    code: str = ""
    authority: str = ""


def ready(*, application_id: int, by_id: int, at: datetime) -> None:
    """
    Lay an issued paper ready at the office that hands it over; the applicant is told.

    :raises NotNow: if it is not issued, or lies ready already
    :raises NotPhysical: if there is nothing to hold
    :raises policies.OwnCase, accounts.policies.NotGranted: if it is hers, or she has no right
    """
    with transaction.atomic():
        application = lock(application_id)
        require_status(application, Status.ISSUED)
        require_counter(application, by_id, at=at)
        if not is_physical(application):
            raise NotPhysical(application.pk)
        if handing.open_of(application_id) is not None:
            raise NotNow(application.pk, application.status)  # It is on its way.
        ReadyPaper.objects.create(
            application=application,
            office_id=application.handing_office_id or 0,
            by_id=by_id,
            ready_at=at,
        )
        move(application, Status.READY_FOR_COLLECTION, by_id=by_id, at=at)


def mint_collection_code(*, application_id: int, asked_at: datetime) -> str | None:
    """
    Draw the six digits of a code, keep their keyed hash, and return them for the message.

    A new code ends the one before. None if the paper lies there no more, or this asking has had
    its code: the digits cannot be read again.
    """
    with transaction.atomic():
        application = lock(application_id)
        if application.status != Status.READY_FOR_COLLECTION:
            return None
        waiting = application.ready_paper
        if waiting.code_at is not None and waiting.code_at >= asked_at:
            return None
        digits = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
        waiting.code_hash = _hash(waiting, digits)
        waiting.code_at = asked_at
        waiting.code_tries = 0
        waiting.save(update_fields=["code_hash", "code_at", "code_tries"])
    return digits


def ask_collection_code(*, application_id: int, by_id: int, at: datetime) -> None:
    """
    Send a new code to the applicant's phone.

    :raises NotNow: if nothing lies ready
    :raises CodeJustSent: if one went out less than two minutes ago, or five did within a day: then
        a second officer sees the proof
    """
    with transaction.atomic():
        application = lock(application_id)
        require_status(application, Status.READY_FOR_COLLECTION)
        require_counter(application, by_id, at=at)
        last = application.ready_paper.code_at
        if last is not None and at - last < CODE_AGAIN_AFTER:
            raise CodeJustSent(application.pk)
        try:
            budgets.spend(CODES_OF_A_CASE, str(application.pk), at=at)
        except budgets.BudgetSpent:
            raise CodeJustSent(application.pk) from None
        outbox.publish(CollectionCodeAsked(subject_id=application.pk, occurred_at=at))


def collect(
    *, application_id: int, by_id: int, collector: str, proof: Proof, at: datetime
) -> Outcome:
    """
    Give a paper to whoever collects it, or say what is still wanted.

    With the code it is hers at once; without one a second officer of the counter must have seen
    the proof too (`witness`).

    :param collector: of `Collector`
    :raises ProofRefused: if no paper is shown
    :raises TextRefused: if another comes, and who she is is not said
    :raises NotNow: if nothing lies ready
    """
    authority = _authority(collector, proof)
    ends = _proof_ends(proof)
    with transaction.atomic():
        application = lock(application_id)
        require_status(application, Status.READY_FOR_COLLECTION)
        require_counter(application, by_id, at=at)
        if proof.code and (wrong := _wrong(application.ready_paper, proof.code)):
            return wrong
        GivenPaper.objects.create(
            application=application,
            collector=collector,
            proof=proof.kind,
            proof_ends=ends,
            authority=authority,
            with_code=bool(proof.code),
            by_id=by_id,
            at=at,
        )
        if not proof.code:
            return Outcome.WITNESS_WANTED
        move(application, Status.COLLECTED, by_id=by_id, at=at)
    log.info("case.collected", case_id=application_id, collector=collector)
    return Outcome.COLLECTED


def witness(*, application_id: int, given_id: int, by_id: int, at: datetime) -> None:
    """
    Confirm, as a second officer, the proof of somebody without a code; then the paper is hers.

    :param given_id: what the second officer has read on her page
    :raises NotNow: if it was collected meanwhile
    :raises NobodyWaits: if there is no such proof of this case, or a newer one
    :raises SameHands: if she took the proof herself
    """
    with transaction.atomic():
        application = lock(application_id)
        require_status(application, Status.READY_FOR_COLLECTION)
        require_counter(application, by_id, at=at)
        given = GivenPaper.objects.filter(application=application).order_by("-pk").first()
        if given is None or given.pk != given_id:
            raise NobodyWaits(application.pk)
        if accounts.same_hands(given.by_id, by_id):
            raise SameHands(application.pk)
        GivenWitness.objects.create(given=given, by_id=by_id, at=at)
        move(application, Status.COLLECTED, by_id=by_id, at=at)
    log.info("case.collected", case_id=application_id, collector=given.collector)


def remind_to_collect(*, now: datetime) -> int:
    """Remind whoever has not come, once; later tell the supervisor, once; return how many."""
    reminded = _each_waiting(
        {"reminded_at": None, "ready_at__lte": now - REMIND_AFTER}, CollectionReminded, now=now
    )
    told = _each_waiting(
        {"reminded_at__isnull": False, "told_at": None, "ready_at__lte": now - TELL_AFTER},
        CollectionOverdue,
        now=now,
    )
    return reminded + told


def require_counter(application: Application, by_id: int, *, at: datetime) -> None:
    """
    Do nothing if she may hand this case's paper out, at the office that does.

    :raises policies.OwnCase: if she has an interest
    :raises accounts.policies.NotGranted: if no grant covers the service here and now
    :raises NotNow: if no office hands it over
    """
    if application.handing_office_id is None:
        raise NotNow(application.pk, application.status)
    officer = accounts.account(by_id)
    if policies.has_interest(
        account_id=by_id,
        person_id=officer.person_id,
        holder_id=application.holder_id,
        applicant_id=application.account_id,
        guardian_id=application.guardian_id,
    ):
        raise policies.OwnCase(application.pk)
    office = places.office(application.handing_office_id)
    rights.require(
        account_id=by_id,
        act=policies.RECEIVE.code,
        service_code=application.service_code,
        area_code=office.area.code if office.area else None,
        at=at,
    )


def may_hand_out(application: Application, by_id: int, *, at: datetime) -> bool:
    """Say whether `require_counter` lets her; asked again under the lock when she acts."""
    try:
        require_counter(application, by_id, at=at)
    except (policies.OwnCase, rights.NotGranted, NotNow):
        return False
    return True


def is_physical(application: Application) -> bool:
    """Say whether the service gives something that is held in a hand."""
    return catalogue.version(application.service_version_id).definition.kind == "physical"


def _each_waiting(
    which: dict[str, object],
    event: type[CollectionReminded] | type[CollectionOverdue],
    *,
    now: datetime,
) -> int:
    field = "reminded_at" if event is CollectionReminded else "told_at"
    with transaction.atomic():
        waiting = list(
            ReadyPaper.objects.select_for_update(of=("self",), skip_locked=True)
            .filter(application__status=Status.READY_FOR_COLLECTION, **which)
            .order_by("pk")[:_AT_ONCE_MAX]
        )
        for one in waiting:
            setattr(one, field, now)
            one.save(update_fields=[field])
            outbox.publish(event(subject_id=one.application_id, occurred_at=now))
    return len(waiting)


def _authority(collector: str, proof: Proof) -> str:
    if collector not in Collector.values:
        raise ProofRefused
    if collector == Collector.HERSELF:
        return ""
    return bounded(proof.authority, AUTHORITY_CHARACTERS_MAX)


def _proof_ends(proof: Proof) -> str:
    """Return the last three characters: more of a number is not kept, whatever was typed."""
    typed = "".join(letter for letter in proof.ends.upper() if letter.isascii())
    ends = "".join(letter for letter in typed if letter.isalnum())[-_PROOF_ENDS:]
    if proof.kind not in ProofKind.values or len(ends) < _PROOF_ENDS:
        raise ProofRefused
    return ends


def _wrong(waiting: ReadyPaper, typed: str) -> Outcome | None:
    """Say what is wrong with a code, and count it."""
    if waiting.code_hash is None or waiting.code_tries >= CODE_TRIES_MAX:
        return Outcome.CODE_SPENT
    waiting.code_tries += 1
    waiting.save(update_fields=["code_tries"])
    digits = "".join(typed.split())
    if compare_digest(bytes(waiting.code_hash), _hash(waiting, digits)):
        return None
    spent = waiting.code_tries >= CODE_TRIES_MAX
    return Outcome.CODE_SPENT if spent else Outcome.CODE_WRONG


def _hash(waiting: ReadyPaper, digits: str) -> bytes:
    # The row's id is the salt: equal digits of two rows have different hashes.
    return keyed_hash("applications.collection", f"{waiting.pk}:{digits}")
