"""
What two people do with a paper that is out: suspend it, resume it, revoke it, reissue it.

Asked for by one officer of the office with a reason, decided by another with her password. Until
then nothing has changed, and who asked may take it back.
"""

from datetime import datetime

import structlog
from django.db import IntegrityError, transaction

from accounts import operations as accounts
from accounts import policies as grants
from accounts import queries as account_queries
from accounts.queries import SamePerson
from documents import listing, policies
from documents.models import ActKind, Paper, PaperAct, ReasonCode
from documents.operations import reissuing
from documents.operations.moving import lock_with_original, move
from documents.states import IN_FORCE, State
from kernel import audit
from places import queries as places
from registers import queries as registers

log = structlog.get_logger()

DECIDE_PURPOSE = "paper.decide"
NOTE_CHARACTERS_MAX = 1000

_MOVES_FROM: dict[str, tuple[State, ...]] = {
    ActKind.SUSPEND: (State.ISSUED,),
    ActKind.RESUME: (State.SUSPENDED,),
    ActKind.REVOKE: IN_FORCE,
    # A register may have been wrong: what it ended is made anew on what it says now.
    ActKind.REISSUE: (*IN_FORCE, State.ENDED),
}
_BECOMES = {
    ActKind.SUSPEND: State.SUSPENDED,
    ActKind.RESUME: State.ISSUED,
    ActKind.REVOKE: State.REVOKED,
}


class NotNow(Exception):
    """The paper is not where this act begins: it has moved on, is a copy, or is being made."""


class AskedAlready(Exception):
    """The same act on the same paper waits for its decision, or its reissue is being made."""


class DecidedAlready(Exception):
    """Somebody has decided it, or who asked has withdrawn it."""


class NoReason(Exception):
    """A known reason for this act and a note of at most 1000 characters are needed."""


class OwnPaper(Exception):
    """The paper is about herself: somebody else deals with it."""


def ask(
    *,
    paper_id: int,
    kind: str,
    reason: str,
    note: str,
    by_id: int,
    at: datetime,
    cited_entry_id: int | None = None,
) -> int:
    """
    Ask that something be done with a paper that is out; return the act's id.

    `cited_entry_id`: for a reissue, the entry as the register holds it now.

    :raises accounts.policies.NotGranted: if she may not, over the paper's office
    :raises NotNow: if the paper is not where this act begins
    :raises AskedAlready: if the same waits already
    :raises NoReason: without a reason that fits, and a note
    :raises OwnPaper: if the paper is about her
    :raises FactsRefuse, FactsMissing: if the entry bears no paper of this type
    :raises EntryIsOld, EntryOfAnother: unless it is the paper's own entry, read anew
    """
    note = note.strip()
    if reason not in reasons_for(kind) or not 0 < len(note) <= NOTE_CHARACTERS_MAX:
        raise NoReason(kind)
    with transaction.atomic():
        paper = lock_with_original(paper_id)
        require(paper, kind, by_id, at=at, cited_entry_id=cited_entry_id)
        _require_begins(paper, kind)
        if kind == ActKind.REISSUE:
            reissuing.check(paper, cited_entry_id)
        asked = _insert(
            PaperAct(
                paper=paper,
                kind=kind,
                reason=reason,
                note=note,
                cited_entry_id=cited_entry_id,
                maker_id=by_id,
                asked_at=at,
            )
        )
        _write_down("asked", asked, by_id=by_id, at=at)
    return asked.pk


def decide(
    *, act_id: int, approved: bool, by_id: int, at: datetime, step_up_id: int | None = None
) -> None:
    """
    Approve what another asked, with a step-up, so that it happens at once; or decline it.

    :raises SamePerson: if she asked for it herself, by any of her accounts
    :raises DecidedAlready: if it is decided or withdrawn
    :raises NotNow: if the paper has moved on meanwhile, and the act waits to be declined; or
        before it was asked, by a clock that is slow
    :raises OwnPaper: if the paper is about her
    :raises accounts.policies.NotGranted: if she may not
    :raises accounts.operations.StepUpRefused: to approve without her fresh password
    """
    with transaction.atomic():
        paper, act = _lock_both(act_id)
        if account_queries.same_hands(act.maker_id, by_id):
            raise SamePerson
        require(paper, act.kind, by_id, at=at, cited_entry_id=act.cited_entry_id)
        if at < act.asked_at:
            raise NotNow(paper.pk)
        if approved:
            _require_begins(paper, act.kind)
            accounts.consume_step_up(
                step_up_id=step_up_id or 0, account_id=by_id, purpose=DECIDE_PURPOSE, at=at
            )
            act.step_up_id = step_up_id
        act.approved, act.checker_id, act.decided_at = approved, by_id, at
        act.save(update_fields=["approved", "checker", "decided_at", "step_up"])
        if approved:
            _carry_out(paper, act, at=at)
        _write_down("approved" if approved else "declined", act, by_id=by_id, at=at)


def withdraw(*, act_id: int, by_id: int, at: datetime) -> None:
    """
    Take back what one has asked for, while nobody has decided it.

    :raises DecidedAlready: if it is decided or withdrawn
    :raises SamePerson: if somebody else asked for it: she may decline it
    """
    with transaction.atomic():
        _paper, act = _lock_both(act_id)
        if act.maker_id != by_id:
            raise SamePerson
        act.withdrawn_at = at
        act.save(update_fields=["withdrawn_at"])
        _write_down("withdrawn", act, by_id=by_id, at=at)


def reasons_for(kind: str) -> list[ReasonCode]:
    """Return the reasons that fit an act; what was looked into and found right is only resumed."""
    return [one for one in ReasonCode if one != ReasonCode.CLEARED or kind == ActKind.RESUME]


def begins_now(paper: Paper, kind: str) -> bool:
    """Say whether the act could be carried out on the paper as it is."""
    if paper.state not in _MOVES_FROM.get(kind, ()) or paper.is_slip:
        return False
    if kind == ActKind.REISSUE:
        return paper.copy_of_id is None
    # A copy is worth no more than its original: that one is resumed first.
    return not (
        kind == ActKind.RESUME
        and paper.copy_of_id is not None
        and Paper.objects.get(pk=paper.copy_of_id).state != State.ISSUED
    )


def is_own(*, account_id: int, paper: Paper, cited_entry_id: int | None = None) -> bool:
    """Say whether the paper, or the entry of its reissue, is about the person of this account."""
    entries = [each for each in (paper.cited_entry_id, cited_entry_id) if each is not None]
    if not entries:
        return False
    person_id = account_queries.account(account_id).person_id
    if person_id is None:
        return False
    number = account_queries.person(person_id).national_id
    return number is not None and any(
        registers.is_about(cited_entry_id=entry, national_id=number) for entry in entries
    )


def _carry_out(paper: Paper, act: PaperAct, *, at: datetime) -> None:
    if act.kind == ActKind.REISSUE:
        reissuing.carry_out(paper, act, at=at)
    else:
        move(paper, _BECOMES[ActKind(act.kind)], at=at, act=act)


def _lock_both(act_id: int) -> tuple[Paper, PaperAct]:
    """The paper first, as whoever signs, copies or ends it does."""
    paper_id = PaperAct.objects.values_list("paper_id", flat=True).get(pk=act_id)
    paper = lock_with_original(paper_id)
    act = PaperAct.objects.select_for_update().get(pk=act_id)
    if act.decided_at is not None or act.withdrawn_at is not None:
        raise DecidedAlready(act_id)
    return paper, act


def require(
    paper: Paper, kind: str, account_id: int, *, at: datetime, cited_entry_id: int | None = None
) -> None:
    """
    :raises accounts.policies.NotGranted: if she may not do this over the paper's office
    :raises OwnPaper: if the paper, or the entry of its reissue, is about her
    """
    area = places.office(paper.office_id).area
    grants.require(
        account_id=account_id,
        act=policies.act_for(kind).code,
        area_code=area.code if area else None,
        at=at,
    )
    if is_own(account_id=account_id, paper=paper, cited_entry_id=cited_entry_id):
        raise OwnPaper(paper.pk)


def _require_begins(paper: Paper, kind: str) -> None:
    if not begins_now(paper, kind):
        raise NotNow(paper.pk)
    if kind == ActKind.REISSUE and listing.replacements(paper.pk).exists():
        raise AskedAlready(paper.pk)


def _insert(wanted: PaperAct) -> PaperAct:
    waiting = PaperAct.objects.filter(
        paper=wanted.paper, kind=wanted.kind, decided_at=None, withdrawn_at=None
    )
    if waiting.exists():
        raise AskedAlready(wanted.paper_id)
    try:
        with transaction.atomic():
            wanted.save(force_insert=True)
    except IntegrityError as error:
        if "paper_act_waits_once" not in str(error):
            raise
        raise AskedAlready(wanted.paper_id) from None
    return wanted


def _write_down(what: str, act: PaperAct, *, by_id: int, at: datetime) -> None:
    audit.record(
        act=f"paper.{act.kind}.{what}",
        actor_id=by_id,
        subject="documents.paper",
        subject_id=act.paper_id,
        reason=act.reason,
        at=at,
    )
    log.info("paper.act", act_id=act.pk, kind=act.kind, what=what, paper_id=act.paper_id)
