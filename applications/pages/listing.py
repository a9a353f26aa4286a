"""The slips of a case as both its pages list them."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from applications import queries
from applications.models import Application
from applications.pages.apply import language
from documents import queries as papers


@dataclass(frozen=True)
class SlipLine:
    """`address` is "" until the slip is sealed."""

    title: str
    made_at: datetime
    address: str


def slip_lines(application: Application, *, staff: bool = False) -> list[SlipLine]:
    view = "applications:desk_slip" if staff else "applications:slip"
    return [
        SlipLine(
            title=papers.title(slip.kind, language()),
            made_at=slip.made_at,
            address=reverse(view, args=[application.number, slip.kind, slip.version])
            if slip.is_out
            else "",
        )
        for slip in queries.slips(application.pk, staff=staff)
    ]
