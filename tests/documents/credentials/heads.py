"""Two people who may ask for credentials and decide about them, and what they do."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from documents.models import Credential, CredentialRequest, Purpose, Road
from documents.operations import credentials
from documents.operations.credentials import Owner
from tests.accounts.people import officer
from tests.documents.world import World, step_up
from tests.world import NOON

ACTS = ("credential.issue", "credential.revoke")


@dataclass(frozen=True)
class Heads:
    asker: int
    decider: int


def appoint(area_code: str | None = "12") -> Heads:
    return Heads(
        asker=officer(*ACTS, area_code=area_code, display_name="Solange Ingabire"),
        decider=officer(*ACTS, area_code=area_code, display_name="Patrick Mugenzi"),
    )


def of_officer(world: World) -> Owner:
    return Owner(Purpose.OFFICER, account_id=world.officer_id)


def ask(owner: Owner, heads: Heads, **more: object) -> int:
    values: dict[str, object] = {
        "road": Road.OWN,
        "custody_kind": "pem",
        "algorithm": "P-256",
        "note": "The certificate ends in January.",
        "by_id": heads.asker,
        "at": NOON,
    }
    return credentials.ask(owner, **{**values, **more})


def decide(
    request_id: int, heads: Heads, *, approved: bool = True, by_id: int | None = None
) -> None:
    decider = by_id or heads.decider
    credentials.decide(
        request_id=request_id,
        approved=approved,
        by_id=decider,
        step_up_id=step_up(decider, credentials.STEP_UP_PURPOSE) if approved else None,
        at=NOON,
    )


def make_keys(now: datetime = NOON) -> list[int]:
    claimed = credentials.claim_keys(limit=10, now=now, until=now + timedelta(seconds=8))
    for request_id in claimed:
        credentials.make(request_id, clock=lambda: now)
    return claimed


def issue(owner: Owner, heads: Heads, **more: object) -> Credential:
    """Ask, decide and make by development's own authority."""
    request_id = ask(owner, heads, **more)
    decide(request_id, heads)
    assert make_keys() == [request_id]
    return CredentialRequest.objects.get(pk=request_id).credential_made


def revoke(credential: Credential, heads: Heads, reason: str = "keyCompromise") -> None:
    request_id = credentials.ask_to_revoke(
        credential_id=credential.pk, reason=reason, note="Lost.", by_id=heads.asker, at=NOON
    )
    decide(request_id, heads)
