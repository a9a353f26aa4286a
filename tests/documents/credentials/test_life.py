"""The life of a credential: asked for by one, decided by another, replaced, stopped, revoked."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.db import DatabaseError, transaction

from accounts import policies as rights
from accounts.operations import StepUpRefused
from accounts.queries import SamePerson
from documents.models import (
    Credential,
    CredentialDecision,
    CredentialRequest,
    Purpose,
    RevocationSnapshot,
    Road,
)
from documents.operations import credentials
from documents.operations.credentials import CannotAsk, DecidedAlready, Owner, OwnKey
from documents.pki import revocation
from kernel.models import AuditEntry, EventRow, StatusHistory
from tests.accounts.people import officer
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


def in_force(world: World) -> Credential:
    found = credentials.in_force("officer", account_id=world.officer_id, at=NOON)
    assert found is not None
    return found


def told(name: str) -> list[int]:
    found = EventRow.objects.filter(name=f"documents.credential.{name}")
    return [payload["subject_id"] for payload in found.values_list("payload", flat=True)]


def test_a_new_credential_takes_the_place_of_the_last_and_its_papers_stay_good(
    world: World, heads: Heads
) -> None:
    before = in_force(world)
    old_paper = worlds.issue(world)

    request_id = people.ask(people.of_officer(world), heads)
    assert in_force(world) == before
    people.decide(request_id, heads)
    assert in_force(world) == before
    assert people.make_keys() == [request_id]
    assert people.make_keys() == []

    now = in_force(world)
    assert now.request_id == request_id
    before.refresh_from_db()
    assert (before.state, before.ended_at, before.end_reason) == ("retired", NOON, "superseded")
    assert worlds.issue(world) != old_paper
    assert told("approved") == [request_id]
    assert told("issued") == [now.pk]
    assert told("retired") == [before.pk]
    assert AuditEntry.objects.filter(act="credential.issued", subject_id=now.pk).exists()


def test_a_seal_and_the_states_own_keys_are_asked_for_in_the_same_way(world: World) -> None:
    everywhere = people.appoint(area_code=None)
    for owner in (Owner(Purpose.SEAL, office_id=world.office_id), Owner(Purpose.QR)):
        made = people.issue(owner, everywhere)
        leaf = x509.load_pem_x509_certificate(made.certificate.encode())
        usage = leaf.extensions.get_extension_for_class(x509.KeyUsage).value
        assert usage.content_commitment == owner.commits
    with pytest.raises(rights.NotGranted):
        people.ask(Owner(Purpose.TRUST_LIST), people.appoint(area_code="12"))


def test_what_one_asks_for_another_decides(world: World, heads: Heads) -> None:
    request_id = people.ask(people.of_officer(world), heads)
    with pytest.raises(SamePerson):
        people.decide(request_id, heads, by_id=heads.asker)
    with pytest.raises(rights.NotGranted):
        people.decide(request_id, heads, by_id=officer())
    with pytest.raises(StepUpRefused):
        credentials.decide(request_id=request_id, approved=True, by_id=heads.decider, at=NOON)
    people.decide(request_id, heads)
    with pytest.raises(DecidedAlready):
        people.decide(request_id, heads)


def test_nobody_agrees_to_a_key_of_her_own(world: World, heads: Heads) -> None:
    holder = officer(*people.ACTS, area_code="12", office_id=world.office_id)
    request_id = people.ask(Owner(Purpose.OFFICER, account_id=holder), heads)
    with pytest.raises(OwnKey):
        people.decide(request_id, heads, by_id=holder)
    # Nor does she decline what is asked about it: its revocation, say.
    with pytest.raises(OwnKey):
        people.decide(request_id, heads, by_id=holder, approved=False)
    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        CredentialDecision.objects.create(
            request_id=request_id, approved=False, decided_by_id=holder, decided_at=NOON
        )
    assert refused.value.__cause__.diag.constraint_name == "credential_not_ones_own"
    people.decide(request_id, heads)


def test_what_is_declined_makes_no_key_and_may_be_asked_again(world: World, heads: Heads) -> None:
    owner = people.of_officer(world)
    declined = people.ask(owner, heads)
    with pytest.raises(credentials.AskedAlready):
        people.ask(owner, heads)
    people.decide(declined, heads, approved=False)
    assert people.make_keys() == []
    again = people.ask(owner, heads)
    people.decide(again, heads)
    assert people.make_keys() == [again]


def test_who_has_no_right_there_asks_for_nothing(world: World, heads: Heads) -> None:
    stranger = Heads(asker=officer(*people.ACTS[:1]), decider=heads.decider)
    stranger_ask = {"by_id": officer()}
    with pytest.raises(rights.NotGranted):
        people.ask(people.of_officer(world), heads, **stranger_ask)
    assert people.ask(people.of_officer(world), stranger)


@pytest.mark.parametrize(
    "how",
    [
        {"note": " "},
        {"algorithm": "RSA-1024"},
        {"custody_kind": "none"},
        {"road": Road.SERVICE},
        {"road": Road.SERVICE, "custody_kind": "csc"},
    ],
)
def test_what_leads_nowhere_is_not_asked_for(world: World, heads: Heads, how: dict) -> None:
    with pytest.raises(CannotAsk):
        people.ask(people.of_officer(world), heads, **how)


def test_production_asks_neither_for_files_nor_for_our_own_authority(
    world: World, heads: Heads, settings
) -> None:
    settings.PRODUCTION = True
    owner = people.of_officer(world)
    for how in ({"road": Road.CSR}, {"road": Road.OWN, "custody_kind": "pkcs11"}):
        with pytest.raises(CannotAsk):
            people.ask(owner, heads, **how)
    assert people.ask(owner, heads, road=Road.CSR, custody_kind="pkcs11")


def test_a_revoked_key_stands_on_the_list_with_its_reason_and_its_day(
    world: World, heads: Heads
) -> None:
    gone = in_force(world)
    people.revoke(gone, heads)

    assert credentials.in_force("officer", account_id=world.officer_id, at=NOON) is None
    assert told("revoked") == [gone.pk]
    # At once, by an errand: whoever hears of the revocation writes no file.
    tomorrow = NOON + timedelta(seconds=1)
    assert errands.publish_revocation_lists(lambda: tomorrow) == 1
    assert errands.publish_revocation_lists(lambda: tomorrow + timedelta(seconds=2)) == 0
    listed = x509.load_der_x509_crl((world.pki / "issuing.crl").read_bytes())
    (line,) = listed
    assert line.serial_number == int(gone.serial, 16)
    assert line.revocation_date_utc == NOON
    reason = line.extensions.get_extension_for_class(x509.CRLReason).value.reason
    assert reason == x509.ReasonFlags.key_compromise
    assert listed.public_bytes(Encoding.DER) in revocation.known(tomorrow).crls
    with pytest.raises(CannotAsk):
        people.revoke(gone, heads)
    with pytest.raises(CannotAsk):
        people.revoke(
            credentials.in_force("seal", office_id=world.office_id, at=NOON), heads, "because"
        )


def test_one_person_stops_a_key_at_once_and_two_let_it_sign_again(
    world: World, heads: Heads
) -> None:
    stopped = in_force(world)
    credentials.suspend(
        credential_id=stopped.pk, note="Her card is missing.", by_id=heads.asker, at=NOON
    )
    assert credentials.in_force("officer", account_id=world.officer_id, at=NOON) is None
    with pytest.raises(CannotAsk):
        credentials.suspend(credential_id=stopped.pk, note="Again.", by_id=heads.asker, at=NOON)

    request_id = credentials.ask_to_resume(
        credential_id=stopped.pk, note="Found.", by_id=heads.asker, at=NOON
    )
    with pytest.raises(SamePerson):
        people.decide(request_id, heads, by_id=heads.asker)
    people.decide(request_id, heads)
    assert in_force(world) == stopped
    past = StatusHistory.objects.filter(lifecycle="documents.credential", subject_id=stopped.pk)
    assert list(past.order_by("pk").values_list("target", flat=True)) == [
        "active",
        "suspended",
        "active",
    ]
    assert told("suspended") == told("resumed") == [stopped.pk]


def test_a_key_that_two_people_let_sign_again_is_stopped_by_a_new_word_only(
    world: World, heads: Heads
) -> None:
    stopped = people.issue(people.of_officer(world), heads)
    credentials.suspend(credential_id=stopped.pk, note="Lost.", by_id=heads.asker, at=NOON)
    people.decide(
        credentials.ask_to_resume(
            credential_id=stopped.pk, note="Found.", by_id=heads.asker, at=NOON
        ),
        heads,
    )
    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        Credential.objects.filter(pk=stopped.pk).update(state="suspended")
    assert refused.value.__cause__.diag.constraint_name == "credential_state_decided"
    credentials.suspend(credential_id=stopped.pk, note="Lost again.", by_id=heads.asker, at=NOON)
    stopped.refresh_from_db()
    assert stopped.state == "suspended"


def test_postgresql_wants_two_people_and_a_right_too(world: World, heads: Heads) -> None:
    made = people.issue(people.of_officer(world), heads)
    request_id = credentials.ask_to_revoke(
        credential_id=made.pk, reason="superseded", note="Old.", by_id=heads.asker, at=NOON
    )
    alone = {"request_id": request_id, "approved": False, "decided_at": NOON}
    for rule, who in {
        "credential_two_people": heads.asker,
        "credential_decided_by_right": officer(),
    }.items():
        with pytest.raises(DatabaseError) as refused, transaction.atomic():
            CredentialDecision.objects.create(decided_by_id=who, **alone)
        assert refused.value.__cause__.diag.constraint_name == rule
    for change, rule in (
        ({"state": "revoked", "ended_at": NOON, "end_reason": "superseded"},
         "credential_state_decided"),
        ({"state": "suspended"}, "credential_state_decided"),
        ({"state": "retired", "ended_at": NOON}, "credential_state_decided"),
        ({"key_ref": "another"}, "credential_frozen"),
        ({"end_reason": "because"}, "credential_frozen"),
    ):  # fmt: skip
        with pytest.raises(DatabaseError) as refused, transaction.atomic():
            Credential.objects.filter(pk=made.pk).update(**change)
        assert refused.value.__cause__.diag.constraint_name == rule, change
    with pytest.raises(DatabaseError), transaction.atomic():
        CredentialRequest.objects.filter(pk=request_id).update(note="Another.")
    people.decide(request_id, heads)
    made.refresh_from_db()
    assert made.state == "revoked"


def test_postgresql_takes_no_credential_that_nobody_asked_for(world: World, heads: Heads) -> None:
    hers = in_force(world)
    hers.pk, hers.serial, hers.state, hers.ended_at = None, "ab12", "retired", NOON
    hers.custody = "pkcs11"
    with pytest.raises(DatabaseError, match="nobody asked"), transaction.atomic():
        hers.save(force_insert=True)
    hers.request_id = people.ask(people.of_officer(world), heads)
    hers.state, hers.ended_at = "active", None
    with pytest.raises(DatabaseError, match="is not for this credential"), transaction.atomic():
        hers.save(force_insert=True)


def test_it_is_told_once_that_a_certificate_ends_and_once_that_it_has(world: World) -> None:
    def tell(days: int) -> int:
        return credentials.tell_ends(at=NOON + timedelta(days=days))

    assert tell(600) == 0
    assert tell(680) == 5
    assert tell(681) == 0
    assert len(told("ending")) == 5
    assert tell(731) == 5
    assert tell(732) == 0
    assert Credential.objects.filter(state="retired").count() == 5
    assert sorted(told("ended")) == sorted(told("ending"))


def test_what_others_publish_puts_off_none_of_our_lists(world: World) -> None:
    later = NOON + timedelta(hours=20)
    stranger = RevocationSnapshot.objects.order_by("pk").last()
    stranger.pk, stranger.issuer_sha256, stranger.sha256 = None, "ab" * 32, "cd" * 32
    stranger.this_update = stranger.fetched_at = later
    stranger.next_update = later + timedelta(days=1)
    stranger.save(force_insert=True)
    assert credentials.publish_due_lists(at=later) == 0
    assert credentials.publish_due_lists(at=NOON + timedelta(days=1)) == 1


def test_lists_are_kept_each_day_and_an_overdue_one_rings(world: World) -> None:
    first = revocation.known(NOON)
    assert len(first.crls) == 2
    credentials.publish_due_lists(at=NOON + timedelta(hours=1))
    assert revocation.known(NOON + timedelta(hours=1)) == first
    credentials.publish_due_lists(at=NOON + timedelta(days=1))
    assert revocation.known(NOON + timedelta(days=1)) != first
    assert revocation.known(NOON) == first
    assert RevocationSnapshot.objects.count() == 4
    assert credentials.ring_for_lists(at=NOON + timedelta(days=7)) == 0
    assert credentials.ring_for_lists(at=NOON + timedelta(days=9)) == 2
