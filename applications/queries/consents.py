"""Whom a person lets read her papers, or apply with her."""

from dataclasses import dataclass
from datetime import datetime

from applications.models import Application, Assistance
from documents import queries as papers


@dataclass(frozen=True)
class ConsentLine:
    """A consent in force, and the case at which she takes it back."""

    number: str
    agency: str  # "": a helper, who may apply with her.
    purpose: str
    until: datetime | None


def consents_of(person_id: int, *, at: datetime) -> list[ConsentLine]:
    """Return what a person agreed to and has not taken back."""
    by_paper = dict(
        Application.objects.filter(holder_id=person_id, paper__isnull=False).values_list(
            "paper_id", "number"
        )
    )
    read = [
        ConsentLine(by_paper[one.paper_id], one.agency, one.purpose, one.until)
        for one in (papers.consents(*by_paper, at=at) if by_paper else [])
        if one.in_force and one.paper_id in by_paper
    ]
    helped = Assistance.objects.filter(
        holder_id=person_id, revoked_at=None, application__isnull=False
    ).values_list("application__number", flat=True)
    return read + [ConsentLine(number, "", "", None) for number in helped.order_by("pk")]
