"""A paper gets its time at once, later, or again; an outage costs a level and never a signature."""

import hashlib
import io
import logging
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from cryptography.x509 import load_pem_x509_certificates
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter

from documents import operations, queries, tsa
from documents.longterm import evidence
from documents.models import Credential, Paper, PaperFile, Proof, Step
from documents.operations import stamping
from documents.operations.revising import NotAnAddition, check_adds_to
from documents.pki import Revoked, open_authority, revocation
from kernel import files
from tests.documents import world as worlds
from tests.documents.signing import validation
from tests.documents.signing.conftest import Outside
from tests.documents.world import LEASE, World
from tests.world import NOON

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
AFTER_WAITING = stamping.NOT_PROVEN + LEASE


def steps(paper_id: int) -> list[tuple[int, str, str]]:
    rows = PaperFile.objects.filter(paper_id=paper_id).order_by("revision")
    return list(rows.values_list("revision", "step", "pades_level"))


def augment(paper_id: int, *, at) -> str | None:
    claimed = operations.claim_for_augmenting(limit=1, now=at, until=at + LEASE)
    assert claimed == [paper_id]
    return operations.augment_through(paper_id, clock=lambda: at)


def to_the_long_term(
    paper_id: int, outside: Outside, *, at: datetime, step: Step = Step.AUGMENTED
) -> None:
    """Nobody has asked for the lists of the stamps' authority of late, so it takes two tries."""
    outside.day_of_lists(at)
    assert augment(paper_id, at=at) is None
    later = at + AFTER_WAITING
    outside.day_of_lists(later)
    assert augment(paper_id, at=later) == step


def judged(paper_id: int, *, at, kept=None) -> list[str]:
    # pyHanko reads the clock in places.
    with time_machine.travel(at, tick=True):
        found = validation.judge(queries.final_file(paper_id), at=at, evidence=kept)
    return [each.why for each in found]


def test_both_signatures_get_their_time_at_once(stamped: int) -> None:
    assert steps(stamped) == [
        (1, "rendered", ""),
        (2, "signed", "B-T"),
        (3, "sealed", "B-T"),
    ]
    sealed = PaperFile.objects.get(paper=stamped, step=Step.SEALED)
    assert abs(sealed.stamped_at - NOON) < timedelta(minutes=2)
    assert sealed.stamp_until > NOON + 1000 * DAY
    found = PdfFileReader(io.BytesIO(queries.final_file(stamped))).embedded_signatures
    tokens = [list(extract_tst_data_iter(each.signer_info, signed=False)) for each in found]
    assert [len(each) for each in tokens] == [1, 1]


def test_an_outage_costs_a_level_and_the_time_comes_later(world: World, outside: Outside) -> None:
    outside.sandbox.faults(tsa="down")
    paper_id = worlds.issue(world)
    assert [level for _, _, level in steps(paper_id)] == ["", "B-B", "B-B"]
    assert worlds.newest_file(paper_id).revision == 3

    outside.sandbox.faults()
    later = NOON + timedelta(hours=2)
    outside.set_clock(later)
    # Whoever failed rests: nobody asks it, nothing is claimed in vain.
    assert operations.claim_for_augmenting(limit=1, now=later, until=later + LEASE) == []
    tsa.forget()
    assert augment(paper_id, at=later) == Step.STAMPED
    assert operations.claim_for_augmenting(limit=1, now=later, until=later + LEASE) == []
    assert worlds.newest_file(paper_id).pades_level == "B-T"

    to_the_long_term(paper_id, outside, at=later + DAY)
    assert steps(paper_id)[3:] == [(4, "stamped", "B-T"), (5, "augmented", "B-LTA")]
    assert judged(paper_id, at=later + DAY + timedelta(hours=2)) == ["OK", "OK"]


@pytest.mark.parametrize("sealed_only", [False, True])
def test_after_the_next_list_a_paper_proves_itself_from_the_file_alone(
    world: World, outside: Outside, sealed_only: bool
) -> None:
    paper_id = worlds.issue(
        world, sealed_only=sealed_only, **({"officer_id": None} if sealed_only else {})
    )
    # The lists of the day on which it was signed say nothing of that day.
    assert operations.claim_for_augmenting(limit=1, now=NOON, until=NOON + LEASE) == []

    to_the_long_term(paper_id, outside, at=NOON + DAY)

    sealed = 2 if sealed_only else 3
    assert steps(paper_id)[sealed:] == [(sealed + 1, "augmented", "B-LTA")]
    soon = NOON + DAY + timedelta(hours=2)
    assert set(judged(paper_id, at=soon)) == {"OK"}
    assert operations.claim_for_augmenting(limit=1, now=soon, until=soon + LEASE) == []


def test_a_refreshed_paper_outlives_every_certificate_on_it(stamped: int, outside: Outside) -> None:
    to_the_long_term(stamped, outside, at=NOON + DAY)
    ends = Proof.objects.get(pk=stamped).stamp_until
    credential_ends = max(
        each.credential.not_after
        for each in PaperFile.objects.filter(paper=stamped).exclude(credential=None)
    )
    assert credential_ends < ends

    before_the_end = ends - stamping.REFRESHED_BEFORE + DAY
    to_the_long_term(stamped, outside, at=before_the_end, step=Step.REFRESHED)
    assert steps(stamped)[-2:] == [(4, "augmented", "B-LTA"), (5, "refreshed", "B-LTA")]
    assert Proof.objects.get(pk=stamped).stamp_until > ends + 300 * DAY

    long_after = ends + 100 * DAY
    outside.lists_of_everybody(stamped, long_after)
    assert judged(stamped, at=long_after, kept=evidence.kept(at=long_after)) == ["OK", "OK"]


def test_without_a_new_stamp_the_proof_ends(stamped: int, outside: Outside) -> None:
    to_the_long_term(stamped, outside, at=NOON + DAY)
    long_after = Proof.objects.get(pk=stamped).stamp_until + 100 * DAY
    outside.lists_of_everybody(stamped, long_after)

    found = judged(stamped, at=long_after, kept=evidence.kept(at=long_after))

    assert "OK" not in found


@pytest.mark.parametrize("purpose", ["officer", "seal"])
def test_a_key_revoked_after_it_signed_does_not_keep_its_papers_from_the_long_term(
    stamped: int, outside: Outside, purpose: str
) -> None:
    """A thief's papers have no time before the theft; hers have one."""
    signer = PaperFile.objects.get(
        paper=stamped, step="signed" if purpose == "officer" else "sealed"
    ).credential
    Credential.objects.filter(pk=signer.pk).update(
        state="revoked", ended_at=NOON + DAY / 2, end_reason="keyCompromise"
    )

    to_the_long_term(stamped, outside, at=NOON + DAY)

    assert steps(stamped)[3:] == [(4, "augmented", "B-LTA")]


@pytest.mark.parametrize("purpose", ["officer", "seal"])
def test_a_key_revoked_before_the_stamp_proves_nothing(
    stamped: int, outside: Outside, purpose: str
) -> None:
    step = "signed" if purpose == "officer" else "sealed"
    signer = PaperFile.objects.get(paper=stamped, step=step).credential
    # Its authority says that the theft was before: PostgreSQL keeps our own word from that.
    authority = open_authority(
        Path(settings.PKI_DIR), country_code="rw", country_name="Rwanda",
        site_url="https://g.example", at=NOON,
    )  # fmt: skip
    outside.day_of_lists(NOON + DAY)
    told = [Revoked(int(signer.serial, 16), NOON - DAY, "keyCompromise")]
    der = authority.publish_lists(revoked=told, at=NOON + DAY + AFTER_WAITING)[1]
    issuing = load_pem_x509_certificates(signer.chain.encode())[0]
    outside.lists_of_everybody(stamped, NOON + DAY)
    later = NOON + DAY + AFTER_WAITING + timedelta(minutes=2)
    revocation.keep(revocation.read_list(der, issuing), at=later)
    tsa.forget()
    outside.set_clock(later)

    assert augment(stamped, at=later) is None
    assert len(steps(stamped)) == 3


def test_each_revision_begins_with_the_one_before_and_stays_known(
    stamped: int, outside: Outside
) -> None:
    to_the_long_term(stamped, outside, at=NOON + DAY)

    rows = list(PaperFile.objects.filter(paper=stamped).order_by("revision"))
    contents = [files.read(row.sha256) for row in rows]
    for row, data, before in zip(rows, contents, [b"", *contents], strict=False):
        assert data.startswith(before)
        assert row.previous_size == len(before)
        assert row.sha256 == hashlib.sha256(data).hexdigest()
    assert queries.final_file(stamped) == contents[-1]


@pytest.mark.parametrize("data", [b"%PDF-1", b"%PDF-1.7", b"%PDF-1.8 and more"])
def test_what_takes_something_away_is_no_revision(data: bytes) -> None:
    check_adds_to(b"%PDF-1.7", b"%PDF-1.7 and more")
    with pytest.raises(NotAnAddition):
        check_adds_to(b"%PDF-1.7", data)


def test_a_worker_that_dies_anywhere_is_followed_by_another(stamped: int, outside: Outside) -> None:
    at = NOON + DAY
    to_the_long_term_at = at + AFTER_WAITING
    outside.day_of_lists(at)
    assert augment(stamped, at=at) is None
    outside.day_of_lists(to_the_long_term_at)
    now = to_the_long_term_at
    # Died after the claim: the lease runs out.
    assert operations.claim_for_augmenting(limit=4, now=now, until=now + LEASE) == [stamped]
    assert operations.claim_for_augmenting(limit=4, now=now, until=now + LEASE) == []
    now += LEASE * 2
    assert operations.claim_for_augmenting(limit=4, now=now, until=now + LEASE) == [stamped]
    # Died after the stamp was made; two made one; both record.
    stamping.prolong(stamped, at=now)
    hers, his = stamping.prolong(stamped, at=now), stamping.prolong(stamped, at=now)
    assert stamping.record_prolonging(hers, at=now)
    assert not stamping.record_prolonging(his, at=now)

    assert steps(stamped)[3:] == [(4, "augmented", "B-LTA")]
    assert queries.final_file(stamped) == hers.data
    with pytest.raises(stamping.NothingToProve):
        stamping.prolong(stamped, at=now)


def test_a_claim_finds_the_first_few_and_sorts_nothing(stamped: int, outside: Outside) -> None:
    at = NOON + DAY
    outside.day_of_lists(at)
    with CaptureQueriesContext(connection) as asked:
        assert operations.claim_for_augmenting(limit=4, now=at, until=at + LEASE) == [stamped]
    claims = [one["sql"] for one in asked if "SKIP LOCKED" in one["sql"]]
    assert len(claims) == 6  # Three levels, first those that nobody has tried yet.

    plans = []
    with connection.cursor() as cursor:
        # A table of two rows is read whole: a long one is not.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        for claim in claims:
            cursor.execute(f"EXPLAIN {claim}")
            plans.append("\n".join(row[0] for row in cursor.fetchall()))
    for index in ("proof_to_stamp", "proof_to_augment", "proof_to_refresh"):
        assert sum(index in plan for plan in plans) == 2, plans
    assert not any("Sort" in plan for plan in plans), plans


def test_those_that_nobody_has_tried_go_first(world: World, outside: Outside) -> None:
    tried, fresh = worlds.issue(world), worlds.issue(world)
    at = NOON + DAY
    outside.day_of_lists(at)
    Proof.objects.filter(pk=tried).update(lease_until=at - DAY / 2)
    claimed = operations.claim_for_augmenting(limit=1, now=at, until=at + LEASE)
    claimed += operations.claim_for_augmenting(limit=1, now=at, until=at + LEASE)
    assert claimed == [fresh, tried]
    assert operations.claim_for_augmenting(limit=1, now=at, until=at + LEASE) == []


def test_a_lease_is_renewed_by_whoever_holds_it_alone(stamped: int, outside: Outside) -> None:
    at = NOON + DAY
    outside.day_of_lists(at)
    until = at + LEASE
    assert operations.claim_for_augmenting(limit=1, now=at, until=until) == [stamped]

    assert operations.keep_proving(stamped, until=until, anew=until + LEASE)
    assert not operations.keep_proving(stamped, until=until, anew=until + LEASE * 2)


def test_two_who_sign_at_once_make_one_revision_of_each_number(
    world: World, outside: Outside
) -> None:
    paper_id = worlds.request(world)
    worlds.order(world, {paper_id: worlds.draw(paper_id)})
    number = queries.paper(paper_id).number
    until = NOON + LEASE
    assert operations.claim_for_signing(limit=1, now=NOON, until=until) == [paper_id]
    assert operations.keep_claim(paper_id, until=until, anew=until + LEASE)
    assert not operations.keep_claim(paper_id, until=until, anew=until + LEASE)

    first, second = operations.sign(paper_id, at=NOON), operations.sign(paper_id, at=NOON)
    operations.record_signing(first, at=NOON)
    operations.record_signing(second, at=NOON)
    operations.sign_through(paper_id, at=NOON)
    operations.sign_through(paper_id, at=NOON)

    assert steps(paper_id) == [(1, "rendered", ""), (2, "signed", "B-T"), (3, "sealed", "B-T")]
    assert queries.paper(paper_id).number == number


REFUSED = {
    "a number is left out": ({"revision": 9}, "does not follow"),
    "it begins with something else": ({"previous_size": 7}, "does not follow"),
    "it is no longer": ({"size": 3}, "adds to the one before"),
    "drawn again": ({"step": "rendered", "pades_level": "", "stamped_at": None,
                     "stamp_until": None}, "is not to be drawn"),
    "proven before it is stamped": ({"step": "refreshed", "pades_level": "B-LTA"}, "not to be"),
    "stamped twice": ({"step": "stamped", "pades_level": "B-T"}, "not to be"),
    "a level that its step does not give": ({"pades_level": "B-T"}, "level_of_its_step"),
    "a level without a stamp": ({"stamped_at": None}, "level_by_its_stamp"),
    "a stamp that ends before it begins": (
        {"stamp_until": NOON - DAY}, "level_by_its_stamp"
    ),
    "a stamp older than the last": (
        {"stamped_at": NOON - DAY}, "later time"
    ),
}  # fmt: skip


def later_revision(paper_id: int) -> dict[str, object]:
    return worlds.following(paper_id) | {
        "step": "augmented",
        "pades_level": "B-LTA",
        "stamped_at": NOON + DAY,
        "stamp_until": NOON + 99 * DAY,
        "created_at": NOON + DAY,
    }


@pytest.mark.parametrize("what", REFUSED)
def test_postgresql_refuses_a_revision_that_is_none(stamped: int, what: str) -> None:
    changed, words = REFUSED[what]
    with pytest.raises(IntegrityError, match=words), transaction.atomic():
        PaperFile.objects.create(**later_revision(stamped) | changed)

    PaperFile.objects.create(**later_revision(stamped))


def test_postgresql_refuses_to_add_to_a_paper_that_is_not_out(world: World) -> None:
    paper_id = worlds.request(world)
    worlds.draw(paper_id)
    with pytest.raises(IntegrityError, match="is not out"), transaction.atomic():
        PaperFile.objects.create(**later_revision(paper_id))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE documents_proof SET pades_level = 'B-LTA'",
        "UPDATE documents_proof SET stamp_until = stamp_until + interval '9 years'",
        "UPDATE documents_proof SET revision = 2",
        "DELETE FROM documents_proof",
    ],
)
def test_postgresql_keeps_the_proof_what_the_newest_revision_says(
    stamped: int, change: str
) -> None:
    with (
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)
    Proof.objects.update(lease_until=NOON)


def test_the_log_never_says_whose_certificate_it_is() -> None:
    for name in ("pyhanko.sign.validation.generic_cms", "pyhanko_certvalidator.ltv.ades_past"):
        assert not logging.getLogger(name).isEnabledFor(logging.ERROR)


def test_papers_that_are_over_stay_proven(stamped: int, outside: Outside) -> None:
    # What became of a paper is told by its standing; that it was ours must stay provable.
    assert Paper.objects.get(pk=stamped).state == "ISSUED"
    outside.day_of_lists(NOON + DAY)
    claimed = operations.claim_for_augmenting(limit=1, now=NOON + DAY, until=NOON + DAY + LEASE)
    assert claimed == [stamped]
