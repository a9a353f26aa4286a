"""What a paper of ours is worth today, since when, and what stands on it."""

from dataclasses import replace
from datetime import date, datetime

from documents import facts
from documents.models import Paper, PaperChange
from documents.rendering import template
from documents.states import OUT, Standing, State, standing
from documents.verdicts.outcomes import (
    OF_STANDING,
    Entry,
    Holder,
    Integrity,
    Issuer,
    Outcome,
    PublicPaper,
    Status,
    Verdict,
)
from kernel.country import country
from places import queries as places
from registers import queries as registers

# Standings of which somebody decided when they began; the others say it themselves.
_MOVED = (Standing.SUPERSEDED, Standing.SUSPENDED, Standing.REVOKED)


def is_out(paper: Paper) -> bool:
    return State(paper.state) in OUT


def of_paper(paper: Paper, integrity: Integrity, *, at: datetime) -> Verdict:
    """Return the verdict on a paper that is out, for somebody who holds it."""
    today = at.astimezone(country().zone).date()
    found = standing(paper.state, paper.valid_until, today)
    if found is None:
        raise ValueError(f"paper {paper.pk} is not out")
    since, reason = _since(paper, found)
    return Verdict(
        outcome=OF_STANDING[found],
        integrity=integrity,
        status=Status(found.value),
        issuer=Issuer.OURS,
        since=since,
        reason=reason,
        paper=public(paper),
        paper_id=paper.pk,
    )


def altered(paper: Paper, *, at: datetime) -> Verdict:
    """Return the verdict on a file that is not the one issued, for somebody who holds the paper."""
    return replace(of_paper(paper, Integrity.ALTERED, at=at), outcome=Outcome.ALTERED)


def public(paper: Paper) -> PublicPaper:
    """Return what stands on a paper that is out: nothing that its holder cannot read there."""
    if paper.number is None or paper.issued_at is None:
        raise ValueError(f"paper {paper.pk} is not issued")
    chosen = template(paper.paper_type, paper.template_version)
    return PublicPaper(
        number=paper.number,
        paper_type=paper.paper_type,
        kind=paper.kind,
        titles=dict(chosen.titles_for(paper.kind)),
        holders=tuple(_holder(names, paper.facts) for names in chosen.holders),
        entry=_entry(paper),
        office=dict(places.office(paper.office_id).names),
        issued_at=paper.issued_at,
        valid_until=paper.valid_until,
        signed_by_officer=not paper.sealed_only,
        copy=paper.copy,
        copy_no=paper.copy_no,
    )


def _holder(names: tuple[str, ...], shown: dict[str, str]) -> Holder:
    name, born_on = facts.holder(names, shown)
    try:
        return Holder(name, date.fromisoformat(born_on))
    except ValueError:
        return Holder(name, None)


def _entry(paper: Paper) -> Entry | None:
    if paper.cited_entry_id is None:
        return None
    cited = registers.cited_entry(paper.cited_entry_id)
    return Entry(
        office=facts.lies_at(cited.office_code, paper.language),
        year=cited.year,
        volume=cited.volume,
        act_number=cited.act_number,
    )


def _since(paper: Paper, found: Standing) -> tuple[date | None, str]:
    """Return the day from which the standing holds, and a revocation's class of reason."""
    if found is Standing.ENDED:
        return paper.ended_on, ""
    if found is Standing.EXPIRED:
        return paper.valid_until, ""
    if found not in _MOVED:
        return None, ""
    changes = PaperChange.objects.select_related("act").filter(paper=paper, target=paper.state)
    moved = changes.order_by("-pk").first()
    if moved is None:
        return None, ""
    reason = moved.act.reason if moved.act and found is Standing.REVOKED else ""
    return moved.changed_at.astimezone(country().zone).date(), reason
