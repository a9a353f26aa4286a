"""A new paper in the place of an old one, on the entry as the register holds it now."""

from datetime import date, datetime

from documents import composing
from documents import facts as register_facts
from documents.models import Paper, PaperAct
from documents.operations.requesting import insert, new_paper
from documents.rendering import newest
from kernel.country import country
from registers import queries as registers


class EntryIsOld(Exception):
    """The entry was cited before the paper was: a reissue cites the register anew."""


class EntryOfAnother(Exception):
    """Neither the act that the paper rests on, as the register has it now, nor its persons'."""


def check(paper: Paper, cited_entry_id: int | None) -> dict[str, str]:
    """
    Return what the reissue would say.

    :raises EntryIsOld: without an entry, or with the one that the paper cites already
    :raises EntryOfAnother: if it is another place in the register, and other persons'
    :raises FactsRefuse, FactsMissing, FactsMalformed: if the entry bears no paper of this type
    """
    if cited_entry_id is None or cited_entry_id <= (paper.cited_entry_id or 0):
        raise EntryIsOld(paper.pk)
    template = newest(paper.paper_type)
    says = register_facts.from_entry(
        template,
        paper.kind,
        registers.cited_entry(cited_entry_id),
        composing.first_language(template, paper.language),
    )
    if not registers.is_same_entry(cited_entry_id, paper.cited_entry_id):
        raise EntryOfAnother(paper.pk)
    return says


def carry_out(paper: Paper, act: PaperAct, *, at: datetime) -> Paper:
    """
    Ask for the new paper: who asked for the reissue signs it, or the seal alone as before.

    The old one stays as it is until the new one is out; both happen in one transaction.
    """
    if act.cited_entry_id is None:
        raise EntryIsOld(paper.pk)
    wanted = new_paper(
        paper_type=paper.paper_type,
        language=paper.language,
        cited_entry_id=act.cited_entry_id,
        office_id=paper.office_id,
        officer_id=None if paper.sealed_only else act.maker_id,
        sealed_only=paper.sealed_only,
        kind=paper.kind,
        purpose_key=f"documents.paperact:{act.pk}",
        valid_until=_as_long(paper, at),
        at=at,
    )
    wanted.replaces = paper
    return insert(wanted, at=at)[0]


def _as_long(paper: Paper, at: datetime) -> date | None:
    """A paper that was good for half a year is good for half a year from its reissue."""
    if paper.valid_until is None:
        return None
    zone = country().zone
    lasted = paper.valid_until - paper.requested_at.astimezone(zone).date()
    return at.astimezone(zone).date() + lasted
