"""Two people: one sends her draft, another approves it from a day on, or returns it with words."""

from datetime import date, datetime

from django.db import transaction

from accounts import policies as grants
from accounts import queries as accounts
from accounts.queries import SamePerson
from catalogue import comparing, laws, missing
from catalogue.missing import Lack
from catalogue.models import DraftRevision, Service, ServiceDraft
from catalogue.operations import editing, publishing
from catalogue.operations.known import Known
from catalogue.policies import FEES, PUBLISH
from catalogue.states import EDITABLE, DraftState
from kernel.country import country

WORDS_MAX = editing.WORDS_MAX
LAW_OVER = "the law of this fee has ended"


class NotReady(Exception):
    """The draft cannot be published as it is."""

    def __init__(self, lacks: list[Lack]) -> None:
        super().__init__("; ".join(f"{one.place}: {one.why}" for one in lacks))
        self.lacks = lacks


class NotInReview(Exception):
    """Nobody waits for a decision about this draft."""


class InThePast(Exception):
    """Nothing is published from a day that is over."""


class OutOfDate(Exception):
    """Another version came into force since the draft began."""


class FeeWithoutLaw(Exception):
    """A fee changes, and its legal source, its day or its revenue code is missing."""

    def __init__(self, codes: list[str]) -> None:
        super().__init__(", ".join(codes))
        self.codes = codes


class FeeBeforeLaw(Exception):
    """A fee would be asked for before the law that sets it is in force."""

    def __init__(self, codes: list[str]) -> None:
        super().__init__(", ".join(codes))
        self.codes = codes


class NoWords(Exception):
    """Whoever returns a draft says why."""


def lacks(draft: ServiceDraft, *, at: datetime) -> list[Lack]:
    """Return what keeps the draft from being published: fees without a law in force among it."""
    found = list(missing.read(draft.definition, Known(country()).check).lacks)
    for code, keys in _without_law(draft).items():
        found += [Lack(f"fees.{code}.{key}", "missing") for key in keys]
    today = at.astimezone(country().zone).date()
    over = laws.ended(draft.definition, on=today)
    return found + [Lack(f"fees.{code}.legal_until", LAW_OVER) for code in over]


def send(
    *,
    draft_id: int,
    by_id: int,
    at: datetime,
    publish_from: datetime | None = None,
    words: str = "",
) -> None:
    """
    Ask for a second person's decision.

    :param publish_from: her wish; None: as soon as it is approved
    :raises accounts.policies.NotGranted, editing.NotEditable, NotReady, InThePast, OutOfDate:
    """
    with transaction.atomic():
        draft = editing.lock(draft_id)
        editing.require_edit(draft, by_id, at)
        if draft.state not in EDITABLE:
            raise editing.NotEditable(draft_id)
        _require_current(draft)
        if found := lacks(draft, at=at):
            raise NotReady(found)
        if publish_from is not None and publish_from < at:
            raise InThePast
        if draft.state == DraftState.RETURNED:
            # Sent again as it was returned: its editor has another opinion, and says so.
            editing.move(draft, DraftState.DRAFT, by_id=by_id, at=at)
        draft.publish_from = publish_from
        editing.move(draft, DraftState.IN_REVIEW, by_id=by_id, at=at, words=words[:WORDS_MAX])


def take_back(*, draft_id: int, by_id: int, at: datetime) -> None:
    """
    Go on editing before anybody has decided.

    :raises accounts.policies.NotGranted, NotInReview:
    """
    with transaction.atomic():
        draft = editing.lock(draft_id)
        editing.require_edit(draft, by_id, at)
        if draft.state != DraftState.IN_REVIEW:
            raise NotInReview(draft_id)
        draft.publish_from = None
        editing.move(draft, DraftState.DRAFT, by_id=by_id, at=at)


def approve(
    *,
    draft_id: int,
    revision: int,
    by_id: int,
    at: datetime,
    publish_from: datetime | None = None,
    words: str = "",
) -> None:
    """
    Publish the draft from this moment on; None: at once.

    :param revision: the one that she has read
    :raises accounts.policies.NotGranted: if she may not publish this service, or its fees change
        and she may not publish fees
    :raises SamePerson: if any revision is hers
    :raises NotInReview: if it waits for nobody, or says something else than what she has read
    :raises NotReady, FeeWithoutLaw, FeeBeforeLaw, InThePast, OutOfDate:
    """
    with transaction.atomic():
        draft = editing.lock(draft_id)
        _require_publisher(draft, by_id, at)
        if draft.state != DraftState.IN_REVIEW or draft.revision != revision:
            raise NotInReview(draft_id)
        _require_another(draft, by_id)
        _require_current(draft)
        if codes := list(_without_law(draft)):
            raise FeeWithoutLaw(codes)
        if found := lacks(draft, at=at):
            raise NotReady(found)
        if publish_from is not None and publish_from < at:
            raise InThePast
        if codes := _before_law(draft, publish_from or at):
            raise FeeBeforeLaw(codes)
        draft.approved_by_id, draft.approved_at = by_id, at
        draft.publish_from = publish_from or at
        editing.move(draft, DraftState.APPROVED, by_id=by_id, at=at, words=words[:WORDS_MAX])
        if draft.publish_from <= at and not publishing.publish(draft, at=at):
            # Another version came into force since we looked: nothing is approved.
            raise OutOfDate(draft_id)


def send_back(*, draft_id: int, words: str, by_id: int, at: datetime) -> None:
    """
    Return the draft to its editor with words; also one that is approved and waits for its day.

    :raises accounts.policies.NotGranted, SamePerson, NotInReview, NoWords:
    """
    with transaction.atomic():
        draft = editing.lock(draft_id)
        grants.require(
            account_id=by_id, act=PUBLISH.code, service_code=draft.code, area_code=None, at=at
        )
        if draft.state not in (DraftState.IN_REVIEW, DraftState.APPROVED):
            raise NotInReview(draft_id)
        if draft.state == DraftState.IN_REVIEW:
            _require_another(draft, by_id)
        if not words.strip():
            raise NoWords
        draft.approved_by, draft.approved_at, draft.publish_from = None, None, None
        editing.move(
            draft, DraftState.RETURNED, by_id=by_id, at=at, words=words.strip()[:WORDS_MAX]
        )


def changes_money(draft: ServiceDraft) -> bool:
    """Say whether whoever approves needs the right over fees too."""
    before = draft.base.definition if draft.base else {}
    return comparing.changes_money(before, draft.definition)


def _require_publisher(draft: ServiceDraft, by_id: int, at: datetime) -> None:
    for act in (PUBLISH, FEES) if changes_money(draft) else (PUBLISH,):
        grants.require(
            account_id=by_id, act=act.code, service_code=draft.code, area_code=None, at=at
        )


def _require_another(draft: ServiceDraft, by_id: int) -> None:
    editors = DraftRevision.objects.filter(draft=draft).values_list("by_id", flat=True).distinct()
    if any(accounts.same_hands(editor, by_id) for editor in editors):
        raise SamePerson


def _require_current(draft: ServiceDraft) -> None:
    service = Service.objects.filter(code=draft.code).first()
    if draft.base_id != (service.current_id if service else None):
        raise OutOfDate(draft.pk)


def _without_law(draft: ServiceDraft) -> dict[str, tuple[str, ...]]:
    before = draft.base.definition if draft.base else {}
    changes = comparing.fee_changes(before, draft.definition)
    return {one.code: one.lacks for one in changes if one.lacks}


def _before_law(draft: ServiceDraft, publish_from: datetime) -> list[str]:
    """Return the fees that change before the day of their law; `fee_waits_for_its_law` too."""
    before = draft.base.definition if draft.base else {}
    day = publish_from.astimezone(country().zone).date()
    changes = comparing.fee_changes(before, draft.definition)
    return [
        one.code
        for one in changes
        if one.after and (told := one.after.get("legal_from")) and date.fromisoformat(told) > day
    ]
