"""A key that its authority has revoked signs no more; one that was stopped is not slipped past."""

from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from django.db import DatabaseError, transaction

from accounts.models import Account
from documents.models import (
    Credential,
    CredentialDecision,
    CredentialRequest,
    Purpose,
    RevocationSource,
    Road,
)
from documents.operations import credentials
from documents.operations.credentials import BadCertificate, NotAwaited, Owner
from documents.pki import Revoked, csr, open_authority, revocation
from kernel.models import AuditEntry
from tests.documents import world as worlds
from tests.documents.credentials import heads as people
from tests.documents.credentials.heads import Heads
from tests.documents.world import World
from tests.world import NOON
from workers import errands

pytestmark = pytest.mark.django_db


@pytest.fixture
def heads(world: World) -> Heads:
    return people.appoint()


def authority(world: World):
    return open_authority(
        world.pki, country_code="rw", country_name="Rwanda", site_url="https://g.example", at=NOON
    )


def tell(world: World, serials: Collection[str], at: datetime = NOON) -> None:
    """Have the authority revoke certificates without our asking, and keep its list."""
    lines = [Revoked(int(each, 16), NOON - timedelta(days=1), "keyCompromise") for each in serials]
    lists = authority(world).publish_lists(revoked=lines, at=at)
    for der, name in zip(lists, ("root", "issuing"), strict=True):
        issuer = x509.load_pem_x509_certificate((Path(world.pki) / f"{name}.cer").read_bytes())
        revocation.keep(revocation.read_list(der, issuer), at=at)


def hers(world: World) -> Credential | None:
    return credentials.in_force("officer", account_id=world.officer_id, at=NOON)


def approved(world: World, heads: Heads) -> CredentialRequest:
    """Agreed to; it waits for the certificate of the authority."""
    request_id = people.ask(people.of_officer(world), heads, road=Road.CSR)
    people.decide(request_id, heads)
    people.make_keys()
    return CredentialRequest.objects.get(pk=request_id)


def answer(world: World, request: CredentialRequest) -> str:
    public = csr.loaded(csr.public_key(request.key.csr))
    made = authority(world).certify(
        public, common_name="Marie-Claire Uwase", unit="", serial_name="1", key_ref="x", at=NOON
    )
    return made.certificate + made.chain


def receive(request: CredentialRequest, pem: str, heads: Heads) -> int:
    return credentials.receive(request_id=request.pk, pem=pem, by_id=heads.asker, at=NOON)


def test_what_its_authority_revokes_signs_no_more_and_two_people_do_not_overrule_it(
    world: World, heads: Heads
) -> None:
    made = people.issue(people.of_officer(world), heads)
    tell(world, ["abad1dea"])
    errands.look_after_keys(now=NOON)
    assert hers(world) == made  # Somebody else's, as yet.

    tell(world, [made.serial], at=NOON + timedelta(minutes=2))
    errands.look_after_keys(now=NOON + timedelta(minutes=2))
    assert hers(world) is None
    made.refresh_from_db()
    assert made.state == "suspended"
    assert AuditEntry.objects.filter(act="credential.stopped", subject_id=made.pk).count() == 1
    # Nobody else's key is touched.
    assert credentials.in_force("seal", office_id=world.office_id, at=NOON)

    people.decide(
        credentials.ask_to_resume(
            credential_id=made.pk, note="We know better.", by_id=heads.asker, at=NOON
        ),
        heads,
    )
    assert hers(world) == made
    assert credentials.stop_revoked(at=NOON + timedelta(minutes=3)) == 1
    assert credentials.stop_revoked(at=NOON + timedelta(minutes=3)) == 0
    assert hers(world) is None
    people.revoke(made, heads)


def test_a_fetched_list_stops_a_key_as_it_is_kept(
    world: World, heads: Heads, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = people.issue(people.of_officer(world), heads)
    line = Revoked(int(made.serial, 16), NOON, "keyCompromise")
    # The clock of the list is a minute on: another than the one that publishing kept.
    der = authority(world).publish_lists(revoked=[line], at=NOON + timedelta(minutes=1))[1]
    issuing = (world.pki / "issuing.cer").read_text()
    source = RevocationSource.objects.create(
        url="http://lists.example/issuing.crl", kind="crl", issuer=issuing, sha256="ab" * 32,
        due_at=NOON, wanted_at=NOON,
    )  # fmt: skip
    monkeypatch.setattr(credentials.listing, "_bytes", lambda *told, **more: der)
    credentials.fetch(source.pk, clock=lambda: NOON + timedelta(minutes=1))
    assert hers(world) is None


def test_a_revoked_certificate_is_not_taken_in(world: World, heads: Heads) -> None:
    request = approved(world, heads)
    revoked, good = answer(world, request), answer(world, request)
    leaf = x509.load_pem_x509_certificates(revoked.encode())[0]
    tell(world, [f"{leaf.serial_number:x}"])
    with pytest.raises(BadCertificate) as refused:
        receive(request, revoked, heads)
    assert refused.value.reason == "revoked"
    assert receive(request, good, heads)


def test_what_was_agreed_to_before_a_suspension_does_not_slip_past_it(
    world: World, heads: Heads
) -> None:
    before = people.issue(people.of_officer(world), heads)
    request = approved(world, heads)
    pem = answer(world, request)
    credentials.suspend(credential_id=before.pk, note="Seen sold.", by_id=heads.asker, at=NOON)
    with pytest.raises(NotAwaited):
        receive(request, pem, heads)
    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        Credential.objects.filter(pk=before.pk).update(state="retired", ended_at=NOON)
    assert refused.value.__cause__.diag.constraint_name == "credential_state_decided"
    people.revoke(before, heads)
    with pytest.raises(NotAwaited):
        receive(request, pem, heads)

    # Two people who know of it agree anew.
    owner = people.of_officer(world)
    again = credentials.ask(
        owner, road=Road.OWN, custody_kind="pem", algorithm="P-256", note="Anew.",
        by_id=heads.asker, at=NOON,
    )  # fmt: skip
    later = NOON + timedelta(minutes=1)
    credentials.decide(
        request_id=again, approved=True, by_id=heads.decider, at=later,
        step_up_id=worlds.step_up(heads.decider, credentials.STEP_UP_PURPOSE),
    )  # fmt: skip
    assert people.make_keys(later) == [again]
    made = Credential.objects.get(request=again)
    assert made.state == "active"


@pytest.mark.parametrize("road", [Road.CSR, Road.OWN])
def test_a_closed_account_gets_no_credential_and_holds_up_nobody(
    world: World, heads: Heads, road: Road
) -> None:
    if road == Road.CSR:
        request = approved(world, heads)
        Account.objects.filter(pk=world.officer_id).update(is_active=False)
        with pytest.raises(NotAwaited):
            receive(request, answer(world, request), heads)
    else:
        people.decide(people.ask(people.of_officer(world), heads), heads)
        people.decide(people.ask(Owner(Purpose.SEAL, office_id=world.office_id), heads), heads)
        Account.objects.filter(pk=world.officer_id).update(is_active=False)
        assert [errands.make_keys(lambda: NOON) for _ in range(3)] == [1, 1, 0]
        assert Credential.objects.get(request__isnull=False).purpose == Purpose.SEAL
    assert not Credential.objects.filter(
        account_id=world.officer_id, request__isnull=False
    ).exists()


def test_postgresql_gives_a_stopped_owner_nothing(world: World, heads: Heads) -> None:
    made = people.issue(people.of_officer(world), heads)
    request = approved(world, heads)
    Account.objects.filter(pk=world.officer_id).update(is_active=False)
    made.pk, made.serial, made.request_id, made.key_ref = (
        None, "ab12", request.pk, request.key.key_ref,
    )  # fmt: skip
    Credential.objects.filter(account_id=world.officer_id, state="active").update(
        state="retired", ended_at=NOON
    )
    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        made.save(force_insert=True)
    assert refused.value.__cause__.diag.constraint_name == "credential_of_an_owner_in_order"
    Account.objects.filter(pk=world.officer_id).update(is_active=True)
    made.save(force_insert=True)


def test_postgresql_takes_no_other_step_up_and_none_unused(world: World, heads: Heads) -> None:
    request_id = people.ask(people.of_officer(world), heads)
    for purpose in ("case.sign", credentials.STEP_UP_PURPOSE):
        with pytest.raises(DatabaseError) as refused, transaction.atomic():
            CredentialDecision.objects.create(
                request_id=request_id, approved=True, decided_by_id=heads.decider, decided_at=NOON,
                step_up_id=worlds.step_up(heads.decider, purpose),
            )  # fmt: skip
        assert refused.value.__cause__.diag.constraint_name == "credential_decided_by_step_up"
    people.decide(request_id, heads)


def test_postgresql_ends_a_credential_when_it_was_decided_or_its_time_is_over(
    world: World, heads: Heads
) -> None:
    made = people.issue(people.of_officer(world), heads)
    revoked = {"state": "revoked", "end_reason": "keyCompromise"}
    of_development = Credential.objects.get(purpose=Purpose.SEAL)
    credentials.ask_to_revoke(
        credential_id=made.pk, reason="keyCompromise", note="Lost.", by_id=heads.asker, at=NOON
    )
    for one, change, rule in (
        (made, {**revoked, "ended_at": NOON - timedelta(days=365)},
         "credential_ends_after_it_began"),
        (of_development, {**revoked, "ended_at": NOON - timedelta(days=365)},
         "credential_ends_after_it_began"),
        (made, {"state": "retired", "ended_at": made.not_after}, "credential_state_decided"),
        (made, {**revoked, "ended_at": NOON}, "credential_state_decided"),
    ):  # fmt: skip
        with pytest.raises(DatabaseError) as refused, transaction.atomic():
            Credential.objects.filter(pk=one.pk).update(**change)
        assert refused.value.__cause__.diag.constraint_name == rule
    people.decide(CredentialRequest.objects.latest("pk").pk, heads)
    made.refresh_from_db()
    assert (made.state, made.ended_at) == ("revoked", NOON)
