"""What can be asked about drafts: the list of services as their editors see it, and histories."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts import policies as grants
from accounts import queries as accounts
from accounts.acts import Act
from accounts.policies import ANY
from catalogue.models import DraftReview, DraftRevision, Service, ServiceDraft, ServiceVersion
from catalogue.policies import EDIT, PUBLISH
from catalogue.states import ENDED, DraftState
from catalogue.words import Told, fold, tell

VERSIONS_MAX = 100
STEPS_MAX = 60


@dataclass(frozen=True)
class ServiceLine:
    """A service as its editors see it: what is in force since when, and what is being edited."""

    code: str
    name: Told
    kind: str
    number: int | None  # None: it has never been published.
    published_at: datetime | None
    is_edited: bool  # Whether what is in force was edited here, and a pack leaves it alone.
    draft_id: int | None
    draft_state: str
    draft_changed_at: datetime | None
    version_id: int | None

    @property
    def draft_words(self) -> str:
        return str(DraftState(self.draft_state).label) if self.draft_state else ""


@dataclass(frozen=True)
class VersionLine:
    """A version, who wrote and who approved it; names are empty where a pack brought it."""

    id: int
    number: int
    published_at: datetime | None
    is_edited: bool
    is_current: bool
    editors: str
    approved_by: str


@dataclass(frozen=True)
class Step:
    """Something that happened to a draft."""

    at: datetime
    by: str
    state: str  # "" for an edit.
    section: str
    words: str
    revision: int

    @property
    def state_words(self) -> str:
        return str(DraftState(self.state).label) if self.state else ""


def reach(
    account_id: int, *, at: datetime, acts: Collection[Act] = (EDIT, PUBLISH)
) -> frozenset[str] | None:
    """
    Return the codes of the services on which she holds one of the acts; None: all of them.

    An empty set: she may not come in.
    """
    codes = [act.code for act in acts]
    scopes = grants.scopes(account_id=account_id, act_codes=codes, at=at)
    over = {one.service_code for one in scopes if one.area_code is None}
    return None if ANY in over else frozenset(over)


def services(codes: Collection[str] | None, language: str) -> list[ServiceLine]:
    """Return the services of these codes, or all, and drafts of services to come; by name."""
    drafts = ServiceDraft.objects.exclude(state__in=ENDED)
    found = Service.objects.select_related("current")
    if codes is not None:
        drafts, found = drafts.filter(code__in=codes), found.filter(code__in=codes)
    by_code = {one.code: one for one in drafts}
    lines = [_line(service, by_code.pop(service.code, None), language) for service in found]
    lines += [_line(None, draft, language) for draft in by_code.values()]
    return sorted(lines, key=lambda one: fold(one.name.text or one.code))


def waiting(lines: Iterable[ServiceLine]) -> list[ServiceLine]:
    """Return those whose draft waits for a second person, the oldest first."""
    found = [one for one in lines if one.draft_state == DraftState.IN_REVIEW]
    return sorted(found, key=lambda one: (one.draft_changed_at is None, one.draft_changed_at))


def versions(code: str) -> list[VersionLine]:
    """Return what the service has said, the newest first."""
    rows = ServiceVersion.objects.filter(service__code=code).order_by("-number")
    found = list(rows.select_related("service", "draft")[:VERSIONS_MAX])
    drafts = {one.pk: draft for one in found if (draft := getattr(one, "draft", None))}
    edits = DraftRevision.objects.filter(draft__in=drafts.values())
    editors: dict[int, set[int]] = {}
    for draft_id, by_id in edits.values_list("draft_id", "by_id"):
        editors.setdefault(draft_id, set()).add(by_id)
    approvers = {one.approved_by_id for one in drafts.values() if one.approved_by_id}
    names = _names({*approvers, *(one for each in editors.values() for one in each)})
    return [
        VersionLine(
            id=one.pk,
            number=one.number,
            published_at=one.published_at,
            is_edited=one.source == ServiceVersion.Source.EDIT,
            is_current=one.pk == one.service.current_id,
            editors=", ".join(
                sorted(names[by_id] for by_id in editors.get(drafts[one.pk].pk, ()))
                if one.pk in drafts
                else []
            ),
            approved_by=names.get(drafts[one.pk].approved_by_id or 0, "")
            if one.pk in drafts
            else "",
        )
        for one in found
    ]


def open_draft(code: str) -> ServiceDraft | None:
    """Return the draft of the service that has not ended, if somebody edits it."""
    return ServiceDraft.objects.filter(code=code).exclude(state__in=ENDED).first()


def steps(draft: ServiceDraft) -> list[Step]:
    """Return what happened to a draft, the newest first."""
    edits = list(DraftRevision.objects.filter(draft=draft).order_by("-number")[:STEPS_MAX])
    reviews = list(DraftReview.objects.filter(draft=draft).order_by("-pk")[:STEPS_MAX])
    names = _names({one.by_id for one in edits} | {one.by_id for one in reviews if one.by_id})
    told = [Step(one.at, names[one.by_id], "", one.section, "", one.number) for one in edits]
    told += [
        Step(one.at, names.get(one.by_id or 0, ""), one.state, "", one.words, one.revision)
        for one in reviews
    ]
    return sorted(told, key=lambda one: (one.at, one.revision), reverse=True)[:STEPS_MAX]


def name_of(account_id: int) -> str:
    """Return by what name a colleague is shown."""
    return _names({account_id}).get(account_id, "")


def is_editor(draft: ServiceDraft, account_id: int) -> bool:
    """Say whether one of its revisions is hers, under whatever login: then she approves nothing."""
    editors = DraftRevision.objects.filter(draft=draft).values_list("by_id", flat=True).distinct()
    return any(accounts.same_hands(editor, account_id) for editor in editors)


def _line(service: Service | None, draft: ServiceDraft | None, language: str) -> ServiceLine:
    current = service.current if service else None
    says: dict[str, Any] = current.definition if current else draft.definition if draft else {}
    return ServiceLine(
        code=service.code if service else draft.code if draft else "",
        name=tell(says.get("names") or {}, language),
        kind=says.get("kind", ""),
        number=current.number if current else None,
        published_at=current.published_at if current else None,
        is_edited=bool(current and current.source == ServiceVersion.Source.EDIT),
        draft_id=draft.pk if draft else None,
        draft_state=draft.state if draft else "",
        draft_changed_at=draft.changed_at if draft else None,
        version_id=current.pk if current else None,
    )


def _names(account_ids: Collection[int]) -> dict[int, str]:
    return {one.id: one.display_name for one in accounts.accounts(sorted(account_ids))}
