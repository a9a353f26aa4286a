"""Writing what a service will say: a draft begins, is changed part by part, or is given up."""

import json
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

import structlog
from django.db import IntegrityError, transaction

from accounts import policies as grants
from catalogue import comparing, tree
from catalogue.comparing import Difference
from catalogue.models import DraftReview, DraftRevision, Service, ServiceDraft, ServiceVersion
from catalogue.policies import EDIT
from catalogue.states import DRAFT_LIFECYCLE, EDITABLE, ENDED, DraftState
from kernel import audit, outbox

log = structlog.get_logger()

# A definition of the packs has some 12,000 characters; 300,000 are read and compared at once.
CHARACTERS_MAX = 300_000
# What is said of a step.
WORDS_MAX = 1_000
SUBJECT = "catalogue.draft"

Definition = dict[str, Any]


class NoDraft(Exception):
    """No draft has this id."""


class NotEditable(Exception):
    """The draft waits for a second person, or has ended."""


class DraftStands(Exception):
    """Somebody edits this service already: its draft is found, and gone on with."""

    def __init__(self, draft_id: int) -> None:
        super().__init__(draft_id)
        self.draft_id = draft_id


class ServiceStands(Exception):
    """A new service wants a code that another one has."""


class TooLong(Exception):
    """The definition would be longer than anybody could read."""


class Overtaken(Exception):
    """Somebody else changed the same part meanwhile: what, who and when."""

    def __init__(
        self, *, revision: int, by_id: int, at: datetime, differences: list[Difference]
    ) -> None:
        super().__init__(revision)
        self.revision = revision
        self.by_id = by_id
        self.at = at
        self.differences = differences


def begin(
    *,
    code: str,
    definition: Definition,
    by_id: int,
    at: datetime,
    section: str = "",
    is_new: bool = False,
) -> int:
    """
    Begin a draft of the service, from this definition; return its id.

    :param is_new: refuse a code that a service has already
    :raises accounts.policies.NotGranted: if she may not edit this service
    :raises ServiceStands: if it is to be a new one and is not
    :raises DraftStands: if somebody edits it already
    :raises TooLong:
    """
    definition = {**definition, "code": code}
    _require_short(definition)
    with transaction.atomic():
        grants.require(account_id=by_id, act=EDIT.code, service_code=code, area_code=None, at=at)
        service = Service.objects.filter(code=code).first()
        if is_new and service is not None:
            raise ServiceStands(code)
        _require_none(code)
        draft = ServiceDraft(
            code=code,
            base_id=service.current_id if service else None,
            definition=definition,
            section=section,
            begun_by_id=by_id,
            begun_at=at,
            changed_by_id=by_id,
            changed_at=at,
        )
        try:
            with transaction.atomic():
                draft.save(force_insert=True)
        except IntegrityError:
            # Somebody began one in the same moment.
            _require_none(code)
            raise
        _record("draft.begun", draft, by_id, at, section=section)
    log.info("draft.begun", draft_id=draft.pk)
    return draft.pk


def begin_from_version(*, version_id: int, by_id: int, at: datetime) -> int:
    """
    Begin a draft that says what this version said: the one in force, or an older one again.

    :raises ServiceVersion.DoesNotExist: if the id is unknown
    :raises accounts.policies.NotGranted, DraftStands, TooLong: as `begin`
    """
    version = ServiceVersion.objects.select_related("service").get(pk=version_id)
    return begin(
        code=version.service.code,
        definition=version.definition,
        section=f"version {version.number}",
        by_id=by_id,
        at=at,
    )


def change(
    *,
    draft_id: int,
    revision: int,
    keys: Collection[str],
    section: str,
    how: Callable[[Definition], Definition],
    by_id: int,
    at: datetime,
) -> int:
    """
    Change part of a draft; return its new revision.

    What others changed in other keys since `revision` stays: `how` works on what is there now.

    :param keys: of the definition that `how` may change
    :raises accounts.policies.NotGranted, NotEditable, TooLong:
    :raises Overtaken: if somebody else changed one of the keys since `revision`
    :raises tree.NoPlace, tree.CodeTaken: as `how` does
    """
    with transaction.atomic():
        draft = lock(draft_id)
        require_edit(draft, by_id, at)
        if draft.state not in EDITABLE:
            raise NotEditable(draft_id)
        _require_not_overtaken(draft, revision, keys)
        changed = how(draft.definition)
        if changed == draft.definition:
            # Saved as it was: no revision that says nothing.
            return draft.revision
        _require_short(changed)
        before, draft.definition = draft.definition, changed
        draft.revision += 1
        draft.section, draft.changed_by_id, draft.changed_at = section, by_id, at
        was, draft.state = DraftState(draft.state), DraftState.DRAFT
        draft.save()
        if was != DraftState.DRAFT:
            event = DRAFT_LIFECYCLE.event_for(was, DraftState.DRAFT)
            outbox.publish(event(subject_id=draft.pk, occurred_at=at))
        _record("draft.edited", draft, by_id, at, section=section)
        _record_fees(draft, before, by_id, at)
    return draft.revision


def renew_base(*, draft_id: int, by_id: int, at: datetime) -> None:
    """
    Let the draft change what is in force now, where another version came meanwhile.

    What it says stays as it is: the difference is shown anew, and is its editor's to judge.

    :raises accounts.policies.NotGranted, NotEditable:
    """
    with transaction.atomic():
        draft = lock(draft_id)
        require_edit(draft, by_id, at)
        if draft.state not in EDITABLE:
            raise NotEditable(draft_id)
        now = Service.objects.filter(code=draft.code).values_list("current_id", flat=True).first()
        if now == draft.base_id:
            return
        draft.base_id, draft.revision = now, draft.revision + 1
        draft.section, draft.changed_by_id, draft.changed_at = "base", by_id, at
        was, draft.state = DraftState(draft.state), DraftState.DRAFT
        draft.save()
        if was != DraftState.DRAFT:
            event = DRAFT_LIFECYCLE.event_for(was, DraftState.DRAFT)
            outbox.publish(event(subject_id=draft.pk, occurred_at=at))
        _record("draft.renewed", draft, by_id, at)


def discard(*, draft_id: int, by_id: int, at: datetime) -> None:
    """
    Give the draft up; its revisions stay.

    :raises accounts.policies.NotGranted, NotEditable:
    """
    with transaction.atomic():
        draft = lock(draft_id)
        require_edit(draft, by_id, at)
        if draft.state not in EDITABLE:
            raise NotEditable(draft_id)
        move(draft, DraftState.DISCARDED, by_id=by_id, at=at)


def lock(draft_id: int) -> ServiceDraft:
    """Return the draft, which nobody else changes until the transaction ends."""
    found = (
        ServiceDraft.objects.select_for_update(no_key=True, of=("self",))
        .filter(pk=draft_id)
        .first()
    )
    if found is None:
        raise NoDraft(draft_id)
    return found


def require_edit(draft: ServiceDraft, by_id: int, at: datetime) -> None:
    """:raises accounts.policies.NotGranted: if she may not edit this service"""
    grants.require(account_id=by_id, act=EDIT.code, service_code=draft.code, area_code=None, at=at)


def move(
    draft: ServiceDraft, target: DraftState, *, by_id: int | None, at: datetime, words: str = ""
) -> None:
    """Lead a locked draft on: its state, who did it with what words, and the news of it."""
    event = DRAFT_LIFECYCLE.event_for(DraftState(draft.state), target)
    draft.state = target
    draft.save()
    DraftReview.objects.create(
        draft=draft, revision=draft.revision, state=target, words=words, by_id=by_id, at=at
    )
    name = event.name.removeprefix("catalogue.")
    _record(name, draft, by_id, at)
    outbox.publish(event(subject_id=draft.pk, occurred_at=at))
    log.info(name, draft_id=draft.pk)


def _require_none(code: str) -> None:
    """:raises DraftStands: if somebody edits this service"""
    standing = ServiceDraft.objects.filter(code=code).exclude(state__in=ENDED).first()
    if standing is not None:
        raise DraftStands(standing.pk)


def _require_not_overtaken(draft: ServiceDraft, revision: int, keys: Collection[str]) -> None:
    if revision == draft.revision:
        return
    found = DraftRevision.objects.filter(draft=draft, number=revision).first()
    # A revision that never was shows nobody anything.
    seen = found.definition if found else {}
    before = {key: tree.read(seen, key) for key in keys}
    now = {key: tree.read(draft.definition, key) for key in keys}
    if before != now:
        raise Overtaken(
            revision=draft.revision,
            by_id=draft.changed_by_id,
            at=draft.changed_at,
            differences=comparing.compare(before, now),
        )


def _require_short(definition: Definition) -> None:
    if len(json.dumps(definition, ensure_ascii=False)) > CHARACTERS_MAX:
        raise TooLong


def _record(
    act: str, draft: ServiceDraft, by_id: int | None, at: datetime, *, section: str = ""
) -> None:
    audit.record(
        act=act,
        actor_id=by_id,
        subject=SUBJECT,
        subject_id=draft.pk,
        at=at,
        detail={"service": draft.code, "revision": draft.revision, "section": section},
    )


def _record_fees(draft: ServiceDraft, before: Definition, by_id: int, at: datetime) -> None:
    """A fee is money: its trace has what it was and what it is."""
    for one in comparing.fee_changes(before, draft.definition):
        detail: dict[str, str | int | bool | None] = {"service": draft.code, "fee": one.code}
        for name, fee in (("before", one.before or {}), ("after", one.after or {})):
            for key in ("amount_minor", "currency", "beneficiary", "revenue_code", "legal_source"):
                detail[f"{name}_{key}"] = fee.get(key)
        audit.record(
            act="draft.fee_changed",
            actor_id=by_id,
            subject=SUBJECT,
            subject_id=draft.pk,
            at=at,
            detail=detail,
        )
