"""Somebody wants to be forgotten here: asked for by one, decided by another, taken back in time."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from django.db import IntegrityError, transaction

from accounts import events, policies
from accounts.models import ERASURE_WAIT_MIN, Account, Erasure, Person
from accounts.operations.guardians import refuse_own
from accounts.operations.inviting import require_over
from accounts.operations.using_up import consume_step_up
from accounts.queries import is_close_to
from accounts.states import ERASURE_LIFECYCLE, ERASURE_OPEN, Assurance, ErasureState
from kernel import audit, erasing, outbox, retention
from kernel.crypto import blind_index
from registers.entries import PersonEntry

log = structlog.get_logger()

REASON_MAX = 300
# So long she can take it back, unless the pack says otherwise (`country.yaml`, key `erasure`).
WAIT = timedelta(days=30)


class NoSuchErasure(Exception):
    """It is past that point, or was never asked for."""


class NotSureEnough(Exception):
    """Nobody has shown from this phone that it is she, and not somebody who knows her number."""


class AskedAlready(Exception):
    """An erasure of this person waits, or is done."""


class NotKnown(Exception):
    """Nobody here has this number: there is nothing to erase."""


def wait() -> timedelta:
    """Return how long an erasure waits for her after the decision."""
    told = retention.of_pack("erasure").get("wait_days")
    return WAIT if told is None else max(ERASURE_WAIT_MIN, timedelta(days=int(told)))


def ask_erasure(*, person_id: int, account_id: int, reason: str, at: datetime) -> int:
    """
    Ask to be forgotten: she herself, from the phone where she has proved who she is.

    :raises NotSureEnough: if she is not matched to the register, or another phone is hers
    :raises kernel.erasing.Kept: while something keeps her data, with the reasons
    :raises AskedAlready: if she asked before
    """
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=person_id)
        is_sure = Assurance(person.assurance).rank >= Assurance.MATCHED.rank
        if not is_sure or not is_close_to(account_id, person_id):
            raise NotSureEnough(person_id)
        return _ask(person_id, by_id=account_id, reason=reason, document="", at=at)


def ask_erasure_at_counter(
    *, entry: PersonEntry, document: str, reason: str, by_id: int, at: datetime
) -> int:
    """
    Ask for it on behalf of somebody who stands at the counter with her document.

    :param document: with which the officer compared her, one of `accounts.states.SeenDocument`
    :raises accounts.policies.NotGranted: without `privacy.ask` over the officer's own office
    :raises SamePerson: nobody does it for herself, or for whom she shares a phone with
    :raises NotKnown: if nobody here has this number
    :raises kernel.erasing.Kept, AskedAlready: as `ask_erasure`
    """
    with transaction.atomic():
        officer = Account.objects.get(pk=by_id)
        require_over(officer.office_id, by_id, policies.ASK_ERASURE.code, at=at)
        index = blind_index("national_id", entry.national_id)
        person = Person.objects.select_for_update().filter(national_id_index=index).first()
        if person is None:
            raise NotKnown
        refuse_own(by_id, person.pk)
        return _ask(person.pk, by_id=by_id, reason=reason, document=document, at=at)


def decide_erasure(
    *, erasure_id: int, approved: bool, because: str, by_id: int, step_up_id: int, at: datetime
) -> None:
    """
    Say yes or no as the second person; after a yes it waits, and she can take it back.

    :param because: in words for the person, needed for a no
    :param step_up_id: that she has just proved who she is, for `ERASE_PERSON`
    :raises StepUpRefused: if she has not
    :raises accounts.policies.NotGranted: without `privacy.erase` over the country
    :raises NoSuchErasure: if it does not wait for a decision
    :raises SamePerson: whoever asked, and whose data they are, do not decide, nor who shares a
        phone with one of them
    :raises kernel.erasing.Kept: for a yes, while something keeps her data
    """
    with transaction.atomic():
        consume_step_up(
            step_up_id=step_up_id, account_id=by_id, purpose=policies.ERASE_PERSON.code, at=at
        )
        policies.require(account_id=by_id, act=policies.ERASE_PERSON.code, area_code=None, at=at)
        erasure = _locked(erasure_id, ErasureState.ASKED)
        refuse_own(by_id, erasure.person_id, maker_id=erasure.asked_by_id)
        if approved:
            erasing.require_free(erasure.person_id, at=at)
            erasure.due_at = at + wait()
        erasure.decided_by_id, erasure.decided_at = by_id, at
        erasure.because = because[:REASON_MAX]
        target = ErasureState.WAITING if approved else ErasureState.DECLINED
        changed = ["decided_by", "decided_at", "due_at", "because"]
        move(erasure, target, by_id=by_id, at=at, changed=changed)


def take_back_erasure(*, erasure_id: int, person_id: int, account_id: int, at: datetime) -> None:
    """
    Take it back: she herself, as long as it is not being carried out.

    :raises NoSuchErasure: if that point is past, or it is another person's
    """
    with transaction.atomic():
        erasure = _locked(erasure_id, *ERASURE_OPEN)
        if erasure.person_id != person_id:
            raise NoSuchErasure(erasure_id)
        _stop(erasure, by_id=account_id, at=at)


def stop_erasure(*, erasure_id: int, by_id: int, at: datetime) -> None:
    """
    Take it back for somebody who came to a counter.

    :raises accounts.policies.NotGranted: without `privacy.ask` over the officer's own office
    :raises NoSuchErasure: if it is being carried out, or over
    """
    with transaction.atomic():
        office_id = Account.objects.get(pk=by_id).office_id
        require_over(office_id, by_id, policies.ASK_ERASURE.code, at=at)
        _stop(_locked(erasure_id, *ERASURE_OPEN), by_id=by_id, at=at)


def begin_by_term(person_ids: list[int], *, at: datetime) -> int:
    """
    Let the term ask for persons of whom nothing need be kept any more; return for how many.

    Of whom something still keeps the data is left out, and so is who waits or is erased already.
    """
    begun = 0
    for person_id in person_ids:
        if erasing.kept_by(person_id, at=at):
            continue
        with transaction.atomic():
            if _under_way(person_id):
                continue
            made = Erasure.objects.create(
                person_id=person_id, state=ErasureState.WAITING, by_term=True, asked_at=at,
                decided_at=at, due_at=at,
            )  # fmt: skip
            record("erasure.by_term", made, by_id=None, at=at)
        begun += 1
    return begun


def move(
    erasure: Erasure,
    target: ErasureState,
    *,
    by_id: int | None,
    at: datetime,
    changed: Sequence[str] = (),
) -> None:
    """Walk one edge with a locked row; `changed` names what else was set on it; tell and trace."""
    event = ERASURE_LIFECYCLE.event_for(ErasureState(erasure.state), target)
    erasure.state = target
    if target not in (*ERASURE_OPEN, ErasureState.RUNNING):
        erasure.ended_at = at
    erasure.save(update_fields=["state", "ended_at", *changed])
    record(event.name.removeprefix("accounts."), erasure, by_id=by_id, at=at)
    outbox.publish(event(subject_id=erasure.pk, occurred_at=at))


def record(act: str, erasure: Erasure, *, by_id: int | None, at: datetime) -> None:
    audit.record(
        act=act,
        actor_id=by_id,
        subject="accounts.person",
        subject_id=erasure.person_id,
        detail={"erasure_id": erasure.pk},
        at=at,
    )
    log.info(act, erasure_id=erasure.pk)


def _ask(person_id: int, *, by_id: int, reason: str, document: str, at: datetime) -> int:
    erasing.require_free(person_id, at=at)
    try:
        with transaction.atomic():
            made = Erasure.objects.create(
                person_id=person_id, state=ErasureState.ASKED, document=document,
                reason=reason[:REASON_MAX], asked_by_id=by_id, asked_at=at,
            )  # fmt: skip
    except IntegrityError as error:
        if "erasure_once_a_person" not in str(error):
            raise
        raise AskedAlready(person_id) from None
    record("erasure.asked", made, by_id=by_id, at=at)
    outbox.publish(events.ErasureAsked(subject_id=made.pk, occurred_at=at))
    return made.pk


def _stop(erasure: Erasure, *, by_id: int, at: datetime) -> None:
    erasure.stopped_by_id = by_id
    move(erasure, ErasureState.WITHDRAWN, by_id=by_id, at=at, changed=["stopped_by"])


def _under_way(person_id: int) -> bool:
    over = (ErasureState.DECLINED, ErasureState.WITHDRAWN, ErasureState.KEPT)
    return Erasure.objects.filter(person_id=person_id).exclude(state__in=over).exists()


def _locked(erasure_id: int, *states: ErasureState) -> Erasure:
    """:raises NoSuchErasure: if it is in none of these states"""
    rows = Erasure.objects.select_for_update().filter(pk=erasure_id, state__in=states)
    if (found := rows.first()) is None:
        raise NoSuchErasure(erasure_id)
    return found
