"""The holder lets an agency read what a paper says, until when she likes; each reading is seen."""

import base64
import json
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from django.db import transaction

from documents.models import CONSENT_LONGEST, Consent, Look, LookKind
from documents.operations.moving import lock
from documents.states import OUT, State
from documents.verdicts.outcomes import Integrity, Outcome, Verdict
from documents.verdicts.standing import of_paper
from kernel import audit
from kernel.crypto import keyed_hash

log = structlog.get_logger()

LIVE_MAX = 10
_TOKEN_MAX = 100


class CannotShare(Exception):
    """The paper is not out, or the time asked for is not within 90 days."""


class SentBefore(Exception):
    """The same was sent once already, and what it gave was taken back or is over."""


class TooManyConsents(Exception):
    """Ten agencies may read the paper already."""


class NoConsent(Exception):
    """No consent in force has this token."""


@dataclass(frozen=True)
class Shared:
    """What an agency is given: the verdict, and the facts while the paper is current."""

    verdict: Verdict
    facts: dict[str, str] | None = field(repr=False)
    purpose: str
    until: datetime


def give_consent(
    *,
    paper_id: int,
    agency: str,
    purpose: str,
    until: datetime,
    key: str,
    by_id: int,
    at: datetime,
) -> str:
    """
    Let an agency read the paper's facts until then. Whether `by_id` may say so is asked above.

    :param key: what the page made up for this sending: the same sent again is the same consent
    :return: the token; who does not have the key cannot make it again
    :raises CannotShare: if the paper is not out, `until` is past or more than 90 days away
    :raises SentBefore: if this `key` has been used, and its consent is no longer in force
    :raises TooManyConsents: if ten are in force
    """
    made = json.dumps([paper_id, by_id, agency, purpose, key])
    token = base64.urlsafe_b64encode(keyed_hash("paper.consent.token", made)).decode().rstrip("=")
    with transaction.atomic():
        paper = lock(paper_id)
        if State(paper.state) not in OUT or not at < until <= at + CONSENT_LONGEST:
            raise CannotShare
        before = Consent.objects.filter(token_hash=_hash(token)).first()
        if before is not None:
            if before.taken_back_at is not None or before.until < at:
                raise SentBefore
            return token
        live = Consent.objects.filter(paper=paper, taken_back_at=None, until__gte=at)
        if live.count() >= LIVE_MAX:
            raise TooManyConsents
        consent = Consent.objects.create(
            paper=paper,
            agency=agency,
            purpose=purpose,
            token_hash=_hash(token),
            given_by_id=by_id,
            given_at=at,
            until=until,
        )
        _trace("paper.share", paper_id, consent.pk, by_id, at)
    log.info("paper.shared", paper_id=paper_id, consent_id=consent.pk)
    return token


def take_back_consent(
    *, paper_ids: Collection[int], consent_id: int, by_id: int, at: datetime
) -> None:
    """
    End a consent of one of these papers at once: hers, before and after a reissue. Safe to repeat.

    :raises NoConsent: if none of the papers has such a consent
    """
    with transaction.atomic():
        own = Consent.objects.select_for_update().filter(pk=consent_id, paper_id__in=paper_ids)
        consent = own.first()
        if consent is None:
            raise NoConsent
        if consent.taken_back_at is not None:
            return
        # Clocks of two machines differ: never before it was given.
        consent.taken_back_at = max(at, consent.given_at)
        consent.save(update_fields=["taken_back_at"])
        _trace("paper.unshare", consent.paper_id, consent_id, by_id, at)
    log.info("paper.unshared", paper_id=consent.paper_id, consent_id=consent_id)


def read_shared(token: str, *, at: datetime) -> Shared:
    """
    Give an agency what its token opens, and write down that it looked: not one without the other.

    :raises NoConsent: if none in force has this token
    """
    if len(token) > _TOKEN_MAX:
        raise NoConsent
    with transaction.atomic():
        # Shared: taking it back waits for this reading, or this reading finds it taken back.
        in_force = Consent.objects.select_for_update(of=("self",), no_key=True).filter(
            token_hash=_hash(token), taken_back_at=None, given_at__lte=at, until__gte=at
        )
        consent = in_force.select_related("paper").first()
        if consent is None:
            raise NoConsent
        Look.objects.create(paper=consent.paper, kind=LookKind.AGENCY, consent=consent, at=at)
        verdict = of_paper(consent.paper, Integrity.NOT_COMPARED, at=at)
    return Shared(
        verdict=verdict,
        facts=dict(consent.paper.facts) if verdict.outcome is Outcome.CURRENT else None,
        purpose=consent.purpose,
        until=consent.until,
    )


def _hash(token: str) -> bytes:
    return keyed_hash("paper.consent", token)


def _trace(act: str, paper_id: int, consent_id: int, by_id: int, at: datetime) -> None:
    audit.record(
        act=act,
        actor_id=by_id,
        subject="documents.paper",
        subject_id=paper_id,
        detail={"consent_id": consent_id},
        at=at,
    )
