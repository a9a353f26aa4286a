"""Until when a refusal can be appealed, to whom, and what was said in an appeal."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from applications.models import Appeal, Application
from applications.queries.cases import last_refusal
from applications.states import Status
from catalogue.definition import Definition
from catalogue.words import tell
from kernel.country import country


@dataclass(frozen=True)
class Term:
    """
    To whom a refused applicant may appeal, and until when.

    `closes_at` is the midnight after the last day. Of a refusal that was an appeal's answer there
    is no term: it is final here.
    """

    refusal_id: int
    last_day: date
    closes_at: datetime
    body: str
    law: str

    def is_open(self, at: datetime) -> bool:
        return at < self.closes_at


def appeal_of(application_id: int) -> Appeal | None:
    return Appeal.objects.filter(application_id=application_id).first()


def term(application: Application, definition: Definition, *, language: str) -> Term | None:
    """
    Return the term of a refused case; None where nobody has published one, or it was appealed.

    Days of the calendar, in the country's time.
    """
    said, refusal = definition.appeal, last_refusal(application.pk)
    if said is None or refusal is None or application.status != Status.REFUSED:
        return None
    if appeal_of(application.pk) is not None:
        return None
    zone = country().zone
    last_day = said.last_day(refusal.at.astimezone(zone).date())
    return Term(
        refusal_id=refusal.pk,
        last_day=last_day,
        closes_at=datetime.combine(last_day + timedelta(days=1), time.min, tzinfo=zone),
        body=tell(said.body, language).text,
        law=said.law or "",
    )
