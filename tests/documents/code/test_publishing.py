"""Lists are signed by an errand: soon after what they say is no longer so, and before they end."""

import base64
import json
import zlib
from datetime import datetime, timedelta

import cbor2
import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import Client

from documents import custody, operations, statuslist
from documents.models import Credential, CredentialState, PublicList, Purpose
from documents.operations.publishing import MADE_ANEW_AFTER, REST
from tests.documents import world as worlds
from tests.documents.code import reading
from tests.documents.code.lists import anew, made
from tests.documents.life import people
from tests.world import NOON
from workers import errands, relay
from workers.routes import ROUTES

SOON = NOON + timedelta(minutes=1)


def status() -> PublicList:
    return PublicList.objects.get(kind=PublicList.Kind.STATUS, number=0)


def trusted() -> PublicList:
    return PublicList.objects.get(kind=PublicList.Kind.TRUST)


def bits(row: PublicList) -> bytes:
    message = reading.read(bytes(row.body or b""), bytes_max=100_000)
    return zlib.decompress(cbor2.loads(message.payload)[65533]["lst"])


def said_of(paper_id: int) -> int:
    place = statuslist.place(paper_id)
    return bits(status())[place // 2] >> place % 2 * 4 & 15


def listed() -> list[str]:
    payload = json.loads(bytes(trusted().body))["payload"]
    said = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return [each.removeprefix(settings.SITE_URL) for each in said["status_lists"]]


def deliver(at: datetime) -> None:
    while relay.fan_out(routes=ROUTES, now=at) or relay.drain(routes=ROUTES, now=at):
        pass


def test_a_list_is_made_once_and_anew_before_a_verifier_wants_another(world):
    made(NOON)
    first = status()
    assert errands.sign_lists(lambda: NOON + MADE_ANEW_AFTER - timedelta(seconds=1)) == 0
    assert (status().made_at, first.made_at) == (NOON, NOON)
    made(NOON + MADE_ANEW_AFTER)
    assert (status().made_at, trusted().made_at) == (NOON + MADE_ANEW_AFTER,) * 2
    assert MADE_ANEW_AFTER < statuslist.FRESH


def test_a_paper_is_valid_on_its_list_from_its_issue_on_and_not_before(world):
    """The code at its foot is signed while it is drawn, and opens at the desk."""
    paper_id = worlds.request(world)
    made(NOON)
    assert said_of(paper_id) == statuslist.Status.SUSPENDED
    sha256 = worlds.draw(paper_id)
    anew(NOON)
    assert said_of(paper_id) == statuslist.Status.SUSPENDED
    # Nor is a place whose paper is yet to come.
    assert said_of(paper_id + 1) == statuslist.Status.SUSPENDED
    deliver(NOON)
    made(NOON + REST)

    worlds.order(world, {paper_id: sha256})
    operations.sign_through(paper_id, at=NOON)
    deliver(NOON)
    made(NOON + REST * 2)  # At once, and not only in half an hour.
    assert said_of(paper_id) == statuslist.Status.VALID


@pytest.mark.parametrize("act", ["suspend", "revoke"])
def test_a_minute_after_a_paper_is_no_longer_good_its_list_says_so(world, act):
    paper_id = worlds.issue(world)
    deliver(NOON)
    made(NOON)
    assert said_of(paper_id) == statuslist.Status.VALID

    people.do(people.open_office(world), paper_id, act)
    deliver(NOON)
    made(SOON)

    assert said_of(paper_id) != statuslist.Status.VALID
    assert trusted().made_at == NOON  # It does not speak of papers.


def test_a_new_key_of_the_state_makes_all_lists_anew_and_an_officers_none(world):
    made(NOON)
    codes = Credential.objects.get(purpose=Purpose.QR)
    officer = Credential.objects.filter(purpose=Purpose.OFFICER).first()
    operations.key_changed(credential_id=officer.pk, at=SOON)
    made(SOON)
    assert (status().made_at, trusted().made_at) == (NOON, NOON)
    operations.key_changed(credential_id=codes.pk, at=SOON)
    made(SOON)
    assert (status().made_at, trusted().made_at) == (SOON, SOON)


def test_a_thousand_changes_are_one_list(world):
    paper_id = worlds.issue(world)
    made(NOON)
    for _ in range(3):
        operations.paper_changed(paper_id=paper_id, at=NOON)
    made(NOON + REST - timedelta(seconds=1))
    assert status().made_at == NOON
    assert errands.sign_lists(lambda: NOON + REST) == 1
    assert errands.sign_lists(lambda: NOON + REST) == 0


def test_two_workers_do_not_make_one_list(world):
    claimed = operations.claim_lists(limit=9, now=NOON, until=SOON)
    assert len(claimed) == 2
    assert operations.claim_lists(limit=9, now=NOON, until=SOON) == []
    # Who claimed them died: another goes on.
    assert operations.claim_lists(limit=9, now=SOON, until=SOON) == claimed


def test_what_changes_while_a_list_is_being_signed_is_on_the_next(world, monkeypatch):
    paper_id = worlds.issue(world)
    made(NOON)
    operations.paper_changed(paper_id=paper_id, at=NOON)
    sign = custody.sign_raw

    def slowly(*told):
        operations.paper_changed(paper_id=paper_id, at=SOON)
        return sign(*told)

    monkeypatch.setattr(custody, "sign_raw", slowly)
    assert errands.sign_lists(lambda: SOON) == 1
    monkeypatch.undo()
    assert errands.sign_lists(lambda: SOON + REST) == 1
    assert errands.sign_lists(lambda: SOON + REST * 2) == 0


def test_who_was_overtaken_does_not_bring_old_news_back(world, monkeypatch):
    paper_id = worlds.issue(world)
    made(NOON)
    operations.paper_changed(paper_id=paper_id, at=NOON)
    slow = operations.claim_lists(limit=1, now=SOON, until=SOON)
    sign = custody.sign_raw

    def overtaken(*told):
        monkeypatch.setattr(custody, "sign_raw", sign)
        people.do(people.open_office(world), paper_id, "revoke")
        operations.paper_changed(paper_id=paper_id, at=SOON)
        made(SOON + timedelta(seconds=1))
        return sign(*told)

    monkeypatch.setattr(custody, "sign_raw", overtaken)
    operations.sign_list(slow[0], clock=lambda: SOON)
    assert said_of(paper_id) == statuslist.Status.REVOKED


def test_without_its_key_the_last_list_stays_and_a_rest_follows(world):
    made(NOON)
    last = bytes(status().body)
    paper_id = worlds.issue(world)
    operations.paper_changed(paper_id=paper_id, at=NOON)
    key = Credential.objects.filter(purpose=Purpose.QR)
    key.update(state=CredentialState.SUSPENDED)
    assert errands.sign_lists(lambda: SOON) == 1
    assert errands.sign_lists(lambda: SOON) == 0
    assert bytes(status().body) == last
    key.update(state=CredentialState.ACTIVE)
    assert errands.sign_lists(lambda: SOON + REST) == 1
    assert bytes(status().body) != last


def test_papers_beyond_a_list_begin_another_and_the_trust_list_names_it(world, monkeypatch):
    bits_needed = worlds.request(world).bit_length()
    monkeypatch.setattr(statuslist, "_PLACES_BITS", bits_needed)
    made(NOON)
    assert listed() == ["/status/0.cwt"]
    assert Client().get("/status/1.cwt").status_code == 404

    monkeypatch.setattr(statuslist, "_PLACES_BITS", bits_needed - 1)
    assert Client().get("/status/1.cwt").status_code == 503
    made(NOON + REST)
    assert listed() == ["/status/0.cwt", "/status/1.cwt"]
    assert Client().get("/status/1.cwt").status_code == 200


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ({"kind": "trust", "number": 1}, "public_list_known"),
        ({"kind": "other", "number": 7}, "public_list_known"),
        ({"kind": "status", "number": 7, "body": b"x"}, "public_list_has_its_time"),
        ({"kind": "status", "number": 0}, "public_list_once"),
    ],
)
def test_postgresql_keeps_lists_in_order(world, row, rule):
    made(NOON)
    PublicList.objects.create(kind="status", number=8, due_at=NOON)
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        PublicList.objects.create(due_at=NOON, **row)
