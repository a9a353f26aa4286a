"""What officers did with a case besides deciding it: for the desk, never for the applicant."""

from applications.models import Application, CaseNote, Reassignment, SecondApproval, Transfer
from registers import queries as registers
from registers.entries import ACTS, ActEntry


def notes(application_id: int) -> list[CaseNote]:
    """Return the notes about a case, the oldest first, each with who wrote it."""
    found = CaseNote.objects.filter(application_id=application_id).select_related("by")
    return list(found.order_by("pk"))


def transfers(application_id: int) -> list[Transfer]:
    """Return how a case was given on, the first time first, with its offices and officers."""
    found = Transfer.objects.filter(application_id=application_id).select_related(
        "by", "from_office", "to_office", "from_officer", "to_officer"
    )
    return list(found.order_by("pk"))


def reassignments(application_id: int) -> list[Reassignment]:
    """Return how supervisors gave a case to other officers, the first time first."""
    found = Reassignment.objects.filter(application_id=application_id)
    return list(found.select_related("by", "from_officer", "to_officer").order_by("pk"))


def last_decline(application_id: int) -> SecondApproval | None:
    """Return the second officer's last word, if she declined: her colleague must read it."""
    last = (
        SecondApproval.objects.filter(application_id=application_id)
        .select_related("second")
        .order_by("-pk")
        .first()
    )
    return last if last is not None and not last.approved else None


def act_on_paper(application: Application) -> ActEntry | None:
    """Return the act that the case cites from paper, to be compared; None if it cites none."""
    if application.cited_entry_id is None:
        return None
    cited = registers.cited_entry(application.cited_entry_id)
    kind = next((each for each in ACTS if each == cited.kind), None)
    if cited.source != "paper" or kind is None:
        return None
    if cited.year is None or cited.registered_on is None:
        raise ValueError("PostgreSQL keeps no act without its place")
    return ActEntry(
        kind=kind,
        office_code=cited.office_code,
        year=cited.year,
        volume=cited.volume,
        act_number=cited.act_number,
        registered_on=cited.registered_on,
        facts=cited.facts,
        national_ids=cited.national_ids,
    )


def scan_on_paper(application: Application) -> str | None:
    """Return the SHA-256 of the scan behind the act that the case cites from paper, or None."""
    if application.cited_entry_id is None:
        return None
    return registers.scan_of(application.cited_entry_id)
