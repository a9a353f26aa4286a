"""What verifiers fetch: keys, the signed list of keys, status lists; each checked as they would."""

import base64
import json
import zlib

import cbor2
import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from django.test import Client
from django.urls import reverse

from documents import cose, operations, statuslist, trust
from documents.custody import SignerUnavailable
from documents.models import Credential, CredentialState, Paper, PublicList, Purpose
from documents.operations.credentials import Owner
from documents.statuslist import Status
from tests.documents import world as worlds
from tests.documents.code import reading
from tests.documents.code.lists import made
from tests.documents.credentials import heads as people_of_keys
from tests.documents.life import people
from tests.world import NOON


@pytest.fixture
def ready(world: worlds.World, monkeypatch, settings) -> worlds.World:
    settings.SITE_URL = "https://testserver"
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)
    made(NOON)
    return world


def published(name: str, *arguments: object) -> bytes:
    answer = Client().get(reverse(f"documents:{name}", args=arguments))
    assert answer.status_code == 200
    return answer.content


def unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def der(raw: bytes) -> bytes:
    return utils.encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))


def statuses(token: bytes) -> list[int]:
    message = reading.read(token, bytes_max=100_000)
    bits = zlib.decompress(cbor2.loads(message.payload)[65533]["lst"])
    return [byte >> shift & 15 for byte in bits for shift in (0, 4)]


def test_the_list_of_keys_is_signed_by_a_key_that_comes_from_the_root(ready):
    jws = json.loads(published("trust_list"))
    header, said = (json.loads(unpadded(jws[part])) for part in ("protected", "payload"))
    own, issuing = (x509.load_der_x509_certificate(base64.b64decode(c)) for c in header["x5c"])
    root = x509.load_pem_x509_certificate(published("pki", "root.cer"))

    signed = f"{jws['protected']}.{jws['payload']}".encode()
    own.public_key().verify(der(unpadded(jws["signature"])), signed, ec.ECDSA(hashes.SHA256()))
    own.verify_directly_issued_by(issuing)
    issuing.verify_directly_issued_by(root)
    with pytest.raises(InvalidSignature):
        own.public_key().verify(
            der(unpadded(jws["signature"])), signed + b"x", ec.ECDSA(hashes.SHA256())
        )
    assert said["iss"] == "https://testserver"
    assert said["status_lists"] == ["https://testserver/status/0.cwt"]
    assert [(each["purpose"], each["status"]) for each in said["keys"]] == [
        ("qr", "active"),
        ("trust_list", "active"),
    ]
    assert said["roots"][0]["sha256"] == root.fingerprint(hashes.SHA256()).hex(":").upper()


def test_keys_are_published_alike_as_json_and_as_cbor(ready):
    certificate = Credential.objects.get(purpose=Purpose.QR).certificate
    point = x509.load_pem_x509_certificate(certificate.encode()).public_key().public_numbers()
    as_json = json.loads(published("jwks"))["keys"][0]
    as_cbor = cbor2.loads(published("cose_keys"))[0]

    assert as_cbor[2] == unpadded(as_json["kid"]) == cose.key_id(certificate)
    assert (as_cbor[-2], as_cbor[-3]) == (point.x.to_bytes(32), point.y.to_bytes(32))
    assert (unpadded(as_json["x"]), unpadded(as_json["y"])) == (as_cbor[-2], as_cbor[-3])


def test_only_the_states_own_keys_are_published_and_a_retired_one_stays(ready):
    old = Credential.objects.get(purpose=Purpose.QR)
    Credential.objects.filter(pk=old.pk).update(state=CredentialState.RETIRED, ended_at=NOON)

    listed = {each["kid"]: each for each in json.loads(published("jwks"))["keys"]}
    assert len(listed) == 2
    kept = {each.key_id: each for each in trust.state_keys()}
    assert kept[cose.key_id(old.certificate)].until == NOON
    assert b"Uwase" not in published("jwks")


def test_production_believes_no_key_of_the_state_that_nobody_asked_for(ready, settings):
    """Rows without a request are development's; whoever writes one in SQL gets no key believed."""
    heads = people_of_keys.appoint(area_code=None)
    asked = people_of_keys.issue(Owner(Purpose.QR), heads)
    everything = {each.key_id for each in trust.state_keys()}
    settings.PRODUCTION = True
    assert len(everything) == 3
    assert [each.key_id for each in trust.state_keys()] == [cose.key_id(asked.certificate)]
    assert operations.credentials.in_force(Purpose.QR, at=NOON) == asked
    assert operations.credentials.in_force(Purpose.TRUST_LIST, at=NOON) is None
    assert operations.credentials.in_force("seal", office_id=ready.office_id, at=NOON) is None
    with pytest.raises(SignerUnavailable):
        trust.trust_list(at=NOON)


def test_a_status_list_says_which_papers_are_no_longer_good(ready, django_assert_num_queries):
    office = people.open_office(ready)
    good, held, gone = (worlds.issue(ready) for _ in range(3))
    people.do(office, held, "suspend")
    people.do(office, gone, "revoke")
    replaced, over = worlds.issue(ready), people.single(office)
    people.do(office, replaced, "reissue", cited_entry_id=worlds.cite_birth())
    people.finish(office, Paper.objects.get(replaces=replaced).pk)
    operations.end_for_event(event_id=people.tell("marriage", people.HOLDER), at=NOON)
    operations.paper_changed(paper_id=gone, at=NOON)
    later = made(NOON + operations.publishing.REST)
    token = published("status_list", 0)
    message = reading.read(token, bytes_max=100_000)
    said = cbor2.loads(message.payload)

    keys = {each.key_id: each.public for each in trust.state_keys()}
    assert message.proves(keys[message.key_id])
    assert message.media_type == "application/statuslist+cwt"
    assert said[2] == "https://testserver/status/0.cwt"
    assert (said[6], said[65533]["bits"]) == (int(later.timestamp()), 4)
    found = statuses(token)
    assert len(found) == statuslist.PLACES
    assert [found[statuslist.place(each)] for each in (good, held, gone, replaced, over)] == [
        Status.VALID,
        Status.SUSPENDED,
        Status.REVOKED,
        Status.SUPERSEDED,
        Status.ENDED,
    ]
    with django_assert_num_queries(1):
        statuslist.token(0, key_id=bytes(8), sign=lambda _: der(bytes([1]) * 64), at=NOON)


@pytest.mark.parametrize("paper_id", [1, 131_071, 131_072, 300_000])
def test_a_papers_place_follows_from_its_row(paper_id):
    number, place = statuslist.list_no(paper_id), statuslist.place(paper_id)
    assert number * statuslist.PLACES + place == paper_id
    assert place < statuslist.PLACES


def test_lists_are_for_everybody_and_caches_keep_them_for_a_minute(ready):
    page = Client()
    first = page.get("/status/0.cwt")
    assert first["Access-Control-Allow-Origin"] == "*"
    assert first["Cache-Control"] == "public, max-age=60"
    assert not first.cookies
    assert page.get("/status/0.cwt", headers={"If-None-Match": first["ETag"]}).status_code == 304
    assert page.get("/status/1.cwt").status_code == 404
    assert page.get(f"/status/{10**30}.cwt").status_code == 404
    assert page.post("/status/0.cwt").status_code == 405


def test_no_page_asks_for_a_key(ready, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr("documents.custody.sign_raw", None)
    with django_assert_max_num_queries(2):
        published("status_list", 0)
    published("trust_list")
    PublicList.objects.update(body=None, made_at=None)
    for address in ("/status/0.cwt", "/trust/list.json"):
        missing = Client().get(address)
        assert (missing.status_code, missing["Retry-After"]) == (503, "30")


def test_the_roots_that_we_trust_are_served_wherever_they_are_kept(ready, settings, tmp_path):
    own = published("pki", "root.cer")
    elsewhere = tmp_path / "national.pem"
    elsewhere.write_bytes(b"The root of the state\n" + own)
    (ready.pki / "root.cer").unlink()
    assert Client().get("/pki/root.cer").status_code == 404
    settings.PKI_ROOTS = str(elsewhere)
    served = published("pki", "root.cer")
    assert x509.load_pem_x509_certificates(served) == x509.load_pem_x509_certificates(own)
    assert b"/pki/root.cer" in published("trust")


def test_a_stranger_gets_the_roots_of_those_who_told_the_time(ready, settings):
    (told,) = x509.load_pem_x509_certificates(published("pki", "stamps.cer"))
    assert "proves nothing" in told.subject.rfc4514_string()
    assert b"/pki/stamps.cer" in published("trust")

    named = ready.pki / "stamps"
    named.mkdir()
    (named / "national.cer").write_bytes(published("pki", "root.cer"))
    assert len(x509.load_pem_x509_certificates(published("pki", "stamps.cer"))) == 2
    settings.PRODUCTION = True
    assert len(x509.load_pem_x509_certificates(published("pki", "stamps.cer"))) == 1


def test_the_page_for_banks_shows_the_fingerprint_of_our_root(ready):
    said = published("trust").decode()
    root = x509.load_pem_x509_certificate(published("pki", "root.cer"))
    assert root.fingerprint(hashes.SHA256()).hex(":").upper() in said
    assert "pdfsig -nssdir" in said


def test_the_offline_page_holds_no_name_no_form_and_no_cookie(ready):
    answer = Client().get("/offline/rw/")
    assert answer.status_code == 200
    assert not answer.cookies
    assert b"csrfmiddlewaretoken" not in answer.content
    assert "manifest-src 'self'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert Client().get("/offline/xx/").status_code == 404


def test_a_new_version_of_anything_on_the_device_is_a_new_worker(ready):
    def worker() -> str:
        return published("offline_worker").decode()

    first = worker()
    assert worker() == first
    assert "/offline/rw/" in first
    assert "documents/offline/qr/read.js" in first
    Credential.objects.filter(purpose=Purpose.TRUST_LIST).update(
        state=CredentialState.REVOKED, ended_at=NOON
    )
    assert worker() != first
