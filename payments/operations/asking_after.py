"""
Asking the network what became of a prompt.

Only the network's answer under our own token counts; an unsigned callback makes the question due
at once and decides nothing. A network that is gone leaves a prompt as it is: no answer is never
"failed". Success is absorbing, and it beats a failure or an expiry that was told before.
"""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q

from kernel import outbox
from payments import events, gateways, posting
from payments.gateways.base import Collection, Context, Unreadable
from payments.gateways.prompt import Answer, Failure, NeverHeard, Outcome, Unreachable
from payments.models import Movement, PaymentAttempt
from payments.operations import health, intake
from payments.operations.prompting import CHANGING, Clock, end, lock, move
from payments.posting import asked
from payments.states import UNDECIDED, Auth, Leg
from payments.states import AttemptState as A

log = structlog.get_logger()

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=15)
# MTN gives a payer five minutes to approve; thrice that, and "pending" is an answer nobody will
# change any more. The payer may then try again.
DECIDED_WITHIN = timedelta(minutes=15)
# What the network does not know of so long after the call never reached it.
ARRIVES_WITHIN = timedelta(minutes=2)
# Late news of an expired prompt is looked for until then; afterwards only a callback or a
# statement brings it.
ASKED_FOR = timedelta(days=1)
# A network that cannot be asked for so long is not asked any more: its statement tells.
LEFT_TO_STATEMENT = timedelta(days=7)
# The reason of a prompt whose success no ledger can hold: a person looks into it.
SUCCESS_UNREADABLE = "success_unreadable"


def hint(*, rail_code: str, key: UUID | None, handle: str = "", at: datetime) -> bool:
    """
    Make the question due now, because a message that proves nothing speaks of this prompt.

    :param key: of our attempt, or None where only the network's `handle` of it was told
    :return: False where we made no such prompt on this rail
    """
    which = Q(key=key) if key else Q(handle=intake.storable(handle))
    with transaction.atomic():
        attempt = (
            PaymentAttempt.objects.select_for_update(no_key=True, of=("self",))
            .filter(which, rail__code=rail_code)
            .first()
        )
        if attempt is None:
            return False
        if attempt.state in {A.CREATED, A.SUCCEEDED}:
            return True  # Nothing has left yet, or nothing can be added.
        attempt.next_query_at = at
        attempt.save(update_fields=["next_query_at"])
        outbox.publish(events.StatusQueryDue(subject_id=attempt.pk, occurred_at=at))
        return True


def claim_queries(*, limit: int, now: datetime, until: datetime) -> list[int]:
    """Take prompts whose question is due; each comes back at `until` if nobody records."""
    with transaction.atomic():
        due = PaymentAttempt.objects.select_for_update(skip_locked=True, no_key=True)
        found = list(
            due.filter(Q(next_query_at__lte=now) & ~Q(state__in=[A.CREATED, A.SUCCEEDED]))
            .order_by("next_query_at", "pk")
            .values_list("pk", flat=True)[:limit]
        )
        PaymentAttempt.objects.filter(pk__in=found).update(next_query_at=until)
        return found


def ask_status(attempt_id: int, *, clock: Clock) -> None:
    """
    Ask the network about one prompt and record the answer.

    Trouble outside or with this one prompt is never raised, because others wait behind it.

    :raises django.db.OperationalError: if the database is in trouble
    """
    try:
        _ask_network(attempt_id, clock)
    except (OperationalError, InterfaceError):
        raise
    except Exception as trouble:
        # A rail without a contract, say. Its name only: a message could quote a person.
        log.error("prompt.not_asked", attempt_id=attempt_id, trouble=type(trouble).__name__)  # noqa: TRY400
        record_no_answer(attempt_id=attempt_id, at=clock())


def _ask_network(attempt_id: int, clock: Clock) -> None:
    if _succeed_by_money(attempt_id, at=clock()):
        return
    attempt = PaymentAttempt.objects.select_related("rail").defer("phone").get(pk=attempt_id)
    gateway = gateways.prompts(kind=attempt.rail.kind, rail_code=attempt.rail.code)
    try:
        answer = gateway.status(key=attempt.key, handle=attempt.handle)
    except NeverHeard:
        health.answered(rail_id=attempt.rail_id, at=clock())
        record_never_heard(attempt_id=attempt_id, at=clock())
    except Unreachable:
        health.troubled(rail_id=attempt.rail_id, at=clock())
        record_no_answer(attempt_id=attempt_id, at=clock())
    else:
        health.answered(rail_id=attempt.rail_id, at=clock())
        record_status(attempt_id=attempt_id, answer=answer, at=clock())


def _succeed_by_money(attempt_id: int, *, at: datetime) -> bool:
    """End a prompt whose money was proved by another road: a list, or a question about it."""
    movement = Movement.objects.filter(attempt_id=attempt_id, leg=Leg.CREDIT).first()
    if movement is None:
        return False
    with transaction.atomic():
        attempt = lock(attempt_id)
        if attempt.state != A.SUCCEEDED:
            attempt.external_id = movement.external_id
            end(attempt, A.SUCCEEDED, failure=None, at=at)
    return True


def record_status(*, attempt_id: int, answer: Answer, at: datetime) -> None:
    """Keep a deciding answer word for word, as the poster's proof, and bring the prompt to it."""
    with transaction.atomic():
        attempt = lock(attempt_id)
        if attempt.state == A.SUCCEEDED:
            return  # Two workers asked; the first answer stands.
        if answer.outcome is Outcome.UNDECIDED:
            # Polls that say "not yet" are no evidence of anything and are not kept.
            _wait_on(attempt, at=at)
            return
        if answer.outcome is Outcome.MONEY:
            _succeed(attempt, answer, at=at)
            return
        _keep(attempt, answer, at=at)
        if attempt.state in UNDECIDED:
            end(attempt, A.FAILED, failure=answer.failure, at=at)
        else:
            attempt.next_query_at = None  # It had ended without money, and so it stays.
            attempt.save(update_fields=["next_query_at"])


def record_never_heard(*, attempt_id: int, at: datetime) -> None:
    """The network knows no such prompt: our call is still on its way, or it never arrived."""
    with transaction.atomic():
        attempt = lock(attempt_id)
        left_at = attempt.sent_at or attempt.created_at
        if attempt.state in {A.PENDING, A.UNKNOWN} and at - left_at >= ARRIVES_WITHIN:
            end(attempt, A.FAILED, failure=Failure.NOT_ARRIVED, at=at)
        # A network that has taken the prompt may have lost sight of it for a while only.
        _schedule(attempt, at=at)


def record_no_answer(*, attempt_id: int, at: datetime) -> None:
    """The network could not be asked: nothing is known that was not known before."""
    with transaction.atomic():
        attempt = lock(attempt_id)
        if attempt.state in {A.PENDING, A.UNKNOWN} and at - attempt.created_at >= LEFT_TO_STATEMENT:
            end(attempt, A.EXPIRED, failure=Failure.NETWORK_TROUBLE, at=at)
        else:
            _schedule(attempt, at=at)


def _keep(attempt: PaymentAttempt, answer: Answer, *, at: datetime) -> None:
    intake.receive(
        rail_code=attempt.rail.code,
        kind=f"{attempt.rail.kind}.status",
        body=answer.body,
        headers={},
        remote_ip=None,
        auth=Auth.VALID,  # The answer to our own question, over TLS, under our own token.
        external_hint=str(attempt.key),
        at=at,
    )


def _succeed(attempt: PaymentAttempt, answer: Answer, *, at: datetime) -> None:
    try:
        told = _read_success(attempt, answer, at=at)
    except Unreadable as unreadable:
        log.warning("prompt.success_unreadable", attempt_id=attempt.pk, reason=unreadable.reason)
        _leave_to_a_person(attempt, answer, at=at)
        return
    _keep(attempt, answer, at=at)
    attempt.external_id = told.external_id
    end(attempt, A.SUCCEEDED, failure=None, at=at)


def _read_success(attempt: PaymentAttempt, answer: Answer, *, at: datetime) -> Collection:
    """Read it as the poster will: what it cannot book must not pass for money."""
    context = Context(received_at=at, external_hint=str(attempt.key))
    parse = gateways.PARSERS[f"{attempt.rail.kind}.status"]
    told = [one for one in parse(answer.body, context) if isinstance(one, Collection)]
    if len(told) != 1:
        raise Unreadable("tells_no_money")
    return posting.sound(asked.as_asked(told[0], _asked_by(attempt)))


def _asked_by(attempt: PaymentAttempt) -> dict[UUID, tuple[int, str]]:
    return {attempt.key: (attempt.amount_minor, attempt.currency)}


def _leave_to_a_person(attempt: PaymentAttempt, answer: Answer, *, at: datetime) -> None:
    # Kept once: the poster shows it among what it could not read. The prompt ends, so that the
    # bill's term can end too, and a success that makes sense is looked for as long as for others.
    if attempt.failure_reason != SUCCESS_UNREADABLE:
        _keep(attempt, answer, at=at)
        attempt.failure_reason = SUCCESS_UNREADABLE
        attempt.ended_at = attempt.ended_at or at
        attempt.lease_until = None
        if attempt.state in UNDECIDED:
            move(attempt, A.FAILED, at=at)
        else:
            attempt.save(update_fields=CHANGING)
    _schedule(attempt, at=at)


def _wait_on(attempt: PaymentAttempt, *, at: datetime) -> None:
    left_at = attempt.sent_at or attempt.created_at
    _schedule(attempt, at=at)
    if attempt.state in {A.PENDING, A.UNKNOWN} and at - left_at >= DECIDED_WITHIN:
        attempt.ended_at = at
        attempt.failure_reason = Failure.NOT_ANSWERED.value
        move(attempt, A.EXPIRED, at=at)
    elif attempt.state == A.UNKNOWN:
        move(attempt, A.PENDING, at=at)


def _schedule(attempt: PaymentAttempt, *, at: datetime) -> None:
    """Ask again after 5 s, 10 s, 20 s ... at most a quarter of an hour."""
    # The exponent is capped because 2 ** queries would outgrow a timedelta.
    pause = min(FIRST_PAUSE * 2 ** min(attempt.queries + 1, 12), LONGEST_PAUSE)
    given_up = attempt.state not in UNDECIDED and at - attempt.created_at > ASKED_FOR
    attempt.next_query_at = None if given_up else at + pause
    attempt.queries = min(attempt.queries + 1, 32_000)
    attempt.save(update_fields=["next_query_at", "queries"])
