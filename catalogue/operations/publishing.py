"""Putting an approved draft in force, at once or on its day; cases keep their own version."""

from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import Max

from catalogue import missing
from catalogue.models import Category, Service, ServiceDraft, ServiceVersion
from catalogue.operations import editing, indexing
from catalogue.operations.known import Known
from catalogue.states import DraftState
from kernel import audit
from kernel.country import country
from places import queries as places

log = structlog.get_logger()

# Kept with the draft, so in one language.
REASON_OVERTAKEN = "Another version came into force before this one's day."
REASON_GONE = "Its category or its agency is no longer there."
REASON_UNFIT = "It was right when it was approved, and cannot be read any more: "


def publish_due(*, now: datetime, limit: int = 20) -> int:
    """
    Put in force every approved draft whose day has come; return how many.

    The country and the code may have changed since it was approved: a draft that nobody could read
    in force is returned, so that it keeps no other from its day.
    """
    due = ServiceDraft.objects.filter(state=DraftState.APPROVED, publish_from__lte=now)
    published = 0
    for draft_id in due.order_by("publish_from", "pk").values_list("pk", flat=True)[:limit]:
        with transaction.atomic():
            draft = editing.lock(draft_id)
            # Whoever came first has published it, or returned it.
            if draft.state != DraftState.APPROVED:
                continue
            if lacks := missing.read(draft.definition, Known(country()).check).lacks:
                _return(draft, f"{REASON_UNFIT}{lacks[0].place}: {lacks[0].why}", at=now)
            else:
                published += publish(draft, at=now)
    return published


def publish(draft: ServiceDraft, *, at: datetime) -> bool:
    """
    Put a locked, approved draft in force; False if it cannot be any more: it is returned.

    PostgreSQL refuses a version that no approved draft says word for word
    (`published_edit_was_approved`).
    """
    service = _service(draft)
    if service is None or service.current_id != draft.base_id:
        _return(draft, REASON_GONE if service is None else REASON_OVERTAKEN, at=at)
        return False
    newest = service.versions.aggregate(newest=Max("number"))["newest"] or 0
    version = ServiceVersion.objects.create(
        service=service,
        number=newest + 1,
        definition=draft.definition,
        published_at=at,
        source=ServiceVersion.Source.EDIT,
    )
    service.current = version
    service.save()
    draft.version = version
    editing.move(draft, DraftState.PUBLISHED, by_id=None, at=at)
    audit.record(
        act="service.published",
        actor_id=draft.approved_by_id,
        subject="catalogue.service",
        subject_id=service.pk,
        at=at,
        detail={"service": service.code, "version": version.number, "draft": draft.pk},
    )
    indexing.index_services()
    log.info("service.published", service_id=service.pk, version=version.number)
    return True


def _return(draft: ServiceDraft, words: str, *, at: datetime) -> None:
    draft.approved_by, draft.approved_at, draft.publish_from = None, None, None
    editing.move(draft, DraftState.RETURNED, by_id=None, at=at, words=words[: editing.WORDS_MAX])


def _service(draft: ServiceDraft) -> Service | None:
    """
    Return the service, locked, filed as the draft says; a new one is made.

    None where the country no longer has the category or the agency.
    """
    says = draft.definition
    category = Category.objects.filter(code=says["category"]).first()
    agency_id = places.agency_ids().get(says["agency"])
    if category is None or agency_id is None:
        return None
    held = Service.objects.select_for_update(no_key=True, of=("self",))
    service = held.filter(code=draft.code).first()
    if service is None:
        service = Service(code=draft.code)
    service.category, service.agency_id, service.kind = category, agency_id, says["kind"]
    service.active = True
    if service.pk is None:
        service.save()
    return service
