"""News for heads of offices, once a day where the desk has the rest: what waits, and for whom."""

from collections import defaultdict
from datetime import datetime

from accounts import policies as rights
from accounts import queries as account_queries
from accounts.queries import Reached
from applications import queries as applications
from applications.events import CaseEscalated
from documents import holding
from documents.events import CredentialEnded, CredentialEnding
from documents.policies import ISSUE_CREDENTIAL
from kernel.country import country
from kernel.events import Event
from registers.events import FamilyUnknown
from workers.messages.telling import send_to


def tell_escalated(event: CaseEscalated, at: datetime) -> None:
    """Tell each supervisor once a day, however many cases of hers wait for too long."""
    day = at.astimezone(country().zone).date()
    for escalation in applications.escalations_at(event.subject_id, at=event.occurred_at):
        told = applications.overseers(escalation, at=at)
        for head in account_queries.reached(told, at=at):
            _send_to_head(head, "escalated", {}, f"{event.name}:{day}", at)


def tell_hand_over_overdue(event: Event, at: datetime) -> None:
    """Tell whoever supervises either office, once a day: the desk says what it is about."""
    day = at.astimezone(country().zone).date()
    told = applications.supervisors_of_hand_over(event.subject_id, at=at)
    for head in account_queries.reached(told, at=at):
        _send_to_head(head, "hand_over_overdue", {}, f"{event.name}:{day}", at)


def tell_unassigned(event: Event, at: datetime) -> None:
    """Tell whoever supervises the office, once a day: her list has the rest."""
    day = at.astimezone(country().zone).date()
    for head in account_queries.reached(applications.supervisors(event.subject_id, at=at), at=at):
        _send_to_head(head, "case_unassigned", {}, f"{event.name}:{day}", at)


def tell_uncollected(event: Event, at: datetime) -> None:
    """Tell whoever supervises the counter, once a day: the counter's list has them all."""
    day = at.astimezone(country().zone).date()
    for head in account_queries.reached(applications.supervisors(event.subject_id, at=at), at=at):
        _send_to_head(head, "uncollected", {}, f"{event.name}:{day}", at)


def tell_transferred_often(event: Event, at: datetime) -> None:
    """Tell whoever supervises the office, each time: the case goes round until she decides."""
    for head in account_queries.reached(applications.supervisors(event.subject_id, at=at), at=at):
        _send_to_head(
            head, "transferred_often", {"number": applications.addressee(event.subject_id).number},
            f"{event.name}:{event.subject_id}:{event.occurred_at.isoformat()}", at,
        )  # fmt: skip


def tell_family_unknown(event: FamilyUnknown, at: datetime) -> None:
    """Tell whoever supervises her office, once a day: the register is silent about its officers."""
    day = at.astimezone(country().zone).date()
    told = applications.supervisors_of_person(event.subject_id, at=at)
    for head in account_queries.reached(told, at=at):
        _send_to_head(head, "family_unknown", {}, f"{event.name}:{day}", at)


def tell_key_ending(event: CredentialEnding, at: datetime) -> None:
    area_code, ends_at = holding.ends_of(event.subject_id)
    until = f"{ends_at.astimezone(country().zone):%d/%m/%Y}"
    _tell_heads(area_code, "key_ending", {"until": until}, f"{event.name}:{event.subject_id}", at)


def tell_key_ended(event: CredentialEnded, at: datetime) -> None:
    area_code, _ = holding.ends_of(event.subject_id)
    _tell_heads(area_code, "key_ended", {}, f"{event.name}:{event.subject_id}", at)


def tell_papers_wait(*, at: datetime) -> int:
    """Tell whoever answers for an area, once a day, that papers wait there for a key."""
    waiting: dict[int, int] = defaultdict(int)
    for area_code, papers_there in holding.papers_without_key_by_area(at=at).items():
        for account_id in _heads(area_code, at):
            waiting[account_id] += papers_there
    day = at.astimezone(country().zone).date()
    for head in account_queries.reached(waiting, at=at):
        _send_to_head(
            head, "papers_without_key", {"count": str(waiting[head.account_id])},
            f"documents.papers_without_key:{day}", at,
        )  # fmt: skip
    return len(waiting)


def _tell_heads(
    area_code: str | None, template: str, context: dict[str, str], occasion: str, at: datetime
) -> None:
    for head in account_queries.reached(_heads(area_code, at), at=at):
        _send_to_head(head, template, context, occasion, at)


def _heads(area_code: str | None, at: datetime) -> list[int]:
    """Return who may ask for a new key there; whoever has no phone here reads it at the desk."""
    return rights.holders(act=ISSUE_CREDENTIAL.code, area_code=area_code, at=at)


def _send_to_head(
    head: Reached, template: str, context: dict[str, str], occasion: str, at: datetime
) -> None:
    send_to(head, template, context, f"{occasion}:{head.account_id}", at=at)
