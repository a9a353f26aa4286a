"""Codes and lists are signed with ES256: the state's keys are of P-256, whoever made them."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.db import IntegrityError, transaction

from documents import custody, operations, trust
from documents.custody import SignerUnavailable
from documents.models import CredentialRequest, Purpose, Road
from documents.operations import credentials
from documents.operations.credentials import BadCertificate, CannotAsk, Owner
from documents.pages.credentials.forms import NewForm
from documents.pki import open_authority
from documents.pki.csr import Subject
from documents.pki.judging import judge
from tests.documents import world as worlds
from tests.documents.credentials import heads as people
from tests.documents.world import LEASE, World
from tests.world import NOON

pytestmark = pytest.mark.django_db

STATE = [Owner(Purpose.QR), Owner(Purpose.TRUST_LIST)]


@pytest.mark.parametrize("owner", STATE)
def test_no_other_kind_is_asked_for_the_state_by_code_page_or_postgresql(
    world: World, owner: Owner
) -> None:
    everywhere = people.appoint(area_code=None)
    with pytest.raises(CannotAsk):
        people.ask(owner, everywhere, algorithm=custody.RSA3072)
    asked = people.ask(owner, everywhere)
    refused = CredentialRequest.objects.get(pk=asked)
    refused.pk, refused.algorithm = None, custody.RSA3072
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        refused.save(force_insert=True)
    assert error.value.__cause__.diag.constraint_name == "credential_request_of_the_state_is_p256"
    # An office's seal may be of either.
    seal = Owner(Purpose.SEAL, office_id=world.office_id)
    assert people.ask(seal, everywhere, algorithm=custody.RSA3072)

    def offered(whose: Owner) -> list[str]:
        form = NewForm(algorithms=credentials.algorithms(whose))
        return [code for code, _ in form.fields["algorithm"].choices]

    assert offered(owner) == [custody.P256]
    assert offered(seal) == [custody.P256, custody.RSA3072]


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        (rsa.generate_private_key(65537, 3072), "curve"),
        (ec.generate_private_key(ec.SECP384R1()), "curve"),
        (ec.generate_private_key(ec.SECP256R1()), ""),
    ],
)
def test_a_certificate_of_another_kind_of_key_is_taken_for_papers_only(
    world: World, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, reason: str
) -> None:
    def accepted(*, commits: bool) -> bool:
        authority = open_authority(
            world.pki, country_code="rw", country_name="Rwanda", site_url="https://g.example",
            at=NOON,
        )  # fmt: skip
        made = authority.certify(
            key.public_key(), common_name="A key", unit="", serial_name="1", key_ref="x", at=NOON,
            commits=commits,
        )  # fmt: skip
        subject = Subject("RW", "Rwanda", "", "1", "A key")
        pem = made.certificate + made.chain
        return bool(judge(pem, subject=subject, spki=None, at=NOON, commits=commits))

    assert accepted(commits=True)
    if not reason:
        assert accepted(commits=False)
        return
    with pytest.raises(BadCertificate) as refused:
        accepted(commits=False)
    assert refused.value.reason == reason


def test_one_that_came_all_the_same_stops_neither_keys_nor_verdicts(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As an older release let it in: keys are published without it, and papers wait for another."""
    everywhere = people.appoint(area_code=None)
    published = {key["kid"] for key in trust.jwks()["keys"]}
    assert len(published) == 2
    request_id = people.ask(Owner(Purpose.QR), everywhere)
    people.decide(request_id, everywhere)
    with monkeypatch.context() as older:
        older.setattr("documents.pki.judging.signs_es256", lambda key: True)
        CredentialRequest.objects.filter(pk=request_id).update(lease_until=None)
        older.setattr(custody, "make_key", _rsa_whatever_is_asked)
        assert people.make_keys() == [request_id]
    now = credentials.in_force(Purpose.QR, at=NOON)
    assert now is not None
    assert now.request_id == request_id

    assert {key["kid"] for key in trust.jwks()["keys"]} == published
    assert trust.cose_keys()
    assert trust.trust_list(at=NOON)
    with pytest.raises(SignerUnavailable):
        trust.status_list(0, at=NOON)
    paper_id = worlds.request(world)
    operations.claim_for_rendering(limit=1, now=NOON, until=NOON + LEASE)
    with pytest.raises(SignerUnavailable):
        operations.sign_claims(paper_id, at=NOON)

    good = people.issue(Owner(Purpose.QR), everywhere, road=Road.OWN)
    assert credentials.in_force(Purpose.QR, at=NOON) == good
    operations.sign_claims(paper_id, at=NOON + timedelta(seconds=1))


_make = custody.make_key


def _rsa_whatever_is_asked(kind: str, key_ref: str, algorithm: str) -> bytes:
    return _make(kind, key_ref, custody.RSA3072)
