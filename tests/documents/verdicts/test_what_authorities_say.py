"""What authorities revoke counts for our keys, and however much they say, files can be checked."""

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509

from documents import operations, queries, verdicts
from documents.examining import frames
from documents.models import Credential, RevocationSnapshot
from documents.operations import credentials
from documents.pki import Revoked, open_authority, revocation
from documents.verdicts import Finding, Outcome
from documents.verdicts.trusting import trust
from tests.documents import world as worlds
from tests.documents.forgeries import forging
from tests.documents.world import World
from tests.world import NOON

pytestmark = pytest.mark.django_db

MB = 2**20


def signed_and_forgotten(world: World) -> bytes:
    """The officer's signature on bytes that stand in no book of ours."""
    paper_id = worlds.request(world)
    worlds.order(world, {paper_id: worlds.draw(paper_id)})
    return operations.sign(paper_id, at=NOON).data


def keep_words(kind: str, issuer: str, size: int, serial: str = "") -> None:
    RevocationSnapshot.objects.create(
        kind=kind,
        issuer_sha256=issuer,
        serial=serial,
        sha256=issuer[:32] + f"{serial:0>32}",
        der=b"\x30" * size,
        this_update=NOON,
        fetched_at=NOON,
    )


def test_twenty_megabytes_of_foreign_lists_are_in_nobodys_way(world: World) -> None:
    for number in range(4):
        keep_words("crl", f"{number}" * 64, 5 * MB)
    for number in range(300):
        keep_words("ocsp", "e" * 64, 2_000, serial=f"{number:x}")
    paper = queries.final_file(worlds.issue(world))

    forged = verdicts.by_file(forging.flipped(paper, 20_000), at=NOON)
    assert (forged.outcome, forged.finding) == (Outcome.ALTERED, Finding.CHANGED)
    assert verdicts.by_file(forging.somebody_elses(), at=NOON).outcome == Outcome.NOT_OURS
    assert verdicts.by_file(signed_and_forgotten(world), at=NOON).finding == Finding.LOST


def test_a_key_that_its_authority_revoked_vouches_for_nothing(world: World) -> None:
    signed = signed_and_forgotten(world)
    assert verdicts.by_file(signed, at=NOON).finding == Finding.LOST

    serial = int(Credential.objects.get(account=world.officer_id).serial, 16)
    later = NOON + timedelta(hours=1)
    authority_revokes(world.pki, serial, at=later)
    # In our own books the key is active still; at noon nobody knew.
    assert verdicts.by_file(signed, at=NOON).finding == Finding.LOST
    assert verdicts.by_file(signed, at=later).finding == Finding.KEY_WITHDRAWN


def authority_revokes(folder: Path, serial: int, *, at) -> None:
    authority = open_authority(folder, country_code="RW", country_name="Rwanda", site_url="", at=at)
    lists = authority.publish_lists(revoked=[Revoked(serial, at, "keyCompromise")], at=at)
    for name, der in zip(("root", "issuing"), lists, strict=True):
        issuer = x509.load_pem_x509_certificate((folder / f"{name}.cer").read_bytes())
        revocation.keep(revocation.read_list(der, issuer), at=at)


def test_what_is_believed_is_read_once_and_anew_when_there_is_a_new_key(
    world: World, django_assert_max_num_queries
) -> None:
    first = trust(NOON)
    with django_assert_max_num_queries(1):
        assert trust(NOON) == first
    assert first.others
    credentials.issue_development_credentials(at=NOON + timedelta(days=400))
    assert set(trust(NOON).others) >= set(first.others)


def test_a_question_that_is_too_long_is_refused_by_name() -> None:
    frames.require_short(b"x" * frames.FRAME_BYTES_MAX)
    with pytest.raises(frames.TooLong, match="16777217 bytes"):
        frames.require_short(b"", b"x" * (frames.FRAME_BYTES_MAX + 1))
