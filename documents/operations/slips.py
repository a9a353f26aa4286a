"""Slips: what an office writes to an applicant, or keeps of a case and of a day."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import structlog

from documents import facts as paper_facts
from documents import numbering
from documents.models import Paper
from documents.operations.requesting import insert
from documents.rendering import UnknownPaperType, newest

log = structlog.get_logger()


def request_slip(
    *,
    kind: str,
    facts: Mapping[str, str | Sequence[Mapping[str, str]]],
    language: str,
    office_id: int,
    purpose_key: str | None,
    at: datetime,
) -> int:
    """
    Ask for a slip, a letter of the office, and return its id; it is drawn and sealed by errands.

    Kinds: acknowledgement, completion_request, refusal, apology, control_slip,
    register_of_the_day. Its wording (documents/rendering/wordings/) says which facts it has; a
    table's rows are given under the name of its count. `purpose_key` makes it once: the same key
    again returns the same slip.

    :raises UnknownPaperType: if there is no such slip
    :raises documents.facts.FactsMissing: if one is not told that the slip must say
    :raises documents.facts.FactsMalformed: for one that it does not declare, or of another form
    """
    template = newest(kind)
    if not template.is_slip:
        raise UnknownPaperType(kind)
    shown = paper_facts.for_slip(template, facts)
    wanted = Paper(
        verification_id=numbering.new_verification_id(),
        purpose_key=purpose_key,
        paper_type=kind,
        template_version=template.version,
        language=language,
        facts=shown,
        facts_sha256=paper_facts.sha256(shown),
        office_id=office_id,
        sealed_only=True,
        is_slip=True,
        requested_at=at,
    )
    slip, is_new = insert(wanted, at=at)
    event = "slip.requested" if is_new else "slip.requested_already"
    log.info(event, paper_id=slip.pk, paper_type=kind)
    return slip.pk
