"""The installation's own authority: what it issues, to whom, for how long."""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import ExtendedKeyUsageOID

from config.stack import authority, wire
from config.stack.home import ROOT

BEGUN = datetime(2026, 11, 23, 9, tzinfo=UTC)
DAY = timedelta(days=1)
# Files of tests belong to whoever runs them.
PARTS = [replace(part, uid=os.geteuid()) for part in wire.PARTS]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))


def issue(folder: Path, now: datetime = BEGUN, *, afresh: bool = False) -> list[str]:
    return wire.issue(folder, now=now, parts=PARTS, afresh=afresh)


def shown(folder: Path, part: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate((folder / part / "own.pem").read_bytes())


def believed(folder: Path, part: str) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates((folder / part / "ca.pem").read_bytes())


def test_each_part_has_a_key_of_its_own_that_nobody_else_reads(tmp_path):
    assert issue(tmp_path) == [part.name for part in PARTS]
    for part in PARTS:
        own = tmp_path / part.name / "own.pem"
        assert own.stat().st_mode & 0o777 == 0o600
        key = serialization.load_pem_private_key(own.read_bytes(), password=None)
        assert key.public_key() == shown(tmp_path, part.name).public_key()
        assert authority.descends(shown(tmp_path, part.name), believed(tmp_path, part.name)[0])
    assert (tmp_path / "authority" / "ca.key").stat().st_mode & 0o777 == 0o600
    keys = {shown(tmp_path, part.name).public_key().public_numbers() for part in PARTS}
    assert len(keys) == len(PARTS)


def test_a_certificate_says_whose_it_is_and_what_it_is_for(tmp_path):
    issue(tmp_path)
    web, worker = shown(tmp_path, "web"), shown(tmp_path, "worker")
    assert web.subject.rfc4514_string() == "CN=web"
    names = web.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["web", "localhost"]
    uses = worker.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(uses) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    with pytest.raises(x509.ExtensionNotFound):
        worker.extensions.get_extension_for_class(x509.SubjectAlternativeName)


def test_a_certificate_is_short_and_renewed_long_before_it_ends(tmp_path):
    issue(tmp_path)
    assert shown(tmp_path, "web").not_valid_after_utc == BEGUN + timedelta(days=14)
    assert issue(tmp_path, BEGUN + 7 * DAY) == []
    first = shown(tmp_path, "web")
    assert len(issue(tmp_path, BEGUN + 7 * DAY + timedelta(seconds=1))) == len(PARTS)
    assert shown(tmp_path, "web").not_valid_after_utc > first.not_valid_after_utc
    assert shown(tmp_path, "web").public_key() != first.public_key()


def test_all_are_issued_afresh_when_it_is_asked_for(tmp_path):
    issue(tmp_path)
    first, root = shown(tmp_path, "web"), believed(tmp_path, "web")
    assert len(issue(tmp_path, afresh=True)) == len(PARTS)
    assert shown(tmp_path, "web") != first
    assert believed(tmp_path, "web") == root


def test_a_part_whose_volume_was_lost_gets_another(tmp_path):
    issue(tmp_path)
    (tmp_path / "web" / "own.pem").unlink()
    assert wire.lacking(tmp_path, now=BEGUN, parts=PARTS) == ["web"]
    assert issue(tmp_path) == ["web"]
    assert wire.lacking(tmp_path, now=BEGUN, parts=PARTS) == []


def test_what_ends_within_a_day_is_told(tmp_path):
    issue(tmp_path)
    assert wire.lacking(tmp_path, now=BEGUN + 13 * DAY, parts=PARTS) == []
    late = BEGUN + 13 * DAY + timedelta(seconds=1)
    assert len(wire.lacking(tmp_path, now=late, parts=PARTS)) == len(PARTS)


def test_an_authority_that_ends_is_followed_by_another_and_both_are_believed(tmp_path):
    issue(tmp_path)
    (old,) = believed(tmp_path, "web")
    later = BEGUN + timedelta(days=730 - 59)
    issue(tmp_path, later)
    new, before = believed(tmp_path, "web")
    assert before == old
    assert authority.descends(shown(tmp_path, "web"), new)
    assert not authority.descends(shown(tmp_path, "web"), old)
    issue(tmp_path, BEGUN + timedelta(days=731))
    assert issue(tmp_path, BEGUN + timedelta(days=731)) == []


def test_another_authority_is_not_ours(tmp_path):
    issue(tmp_path / "ours")
    issue(tmp_path / "theirs")
    (theirs,) = believed(tmp_path / "theirs", "web")
    assert not authority.descends(shown(tmp_path / "ours", "web"), theirs)


def volumes(service: str) -> dict[str, str]:
    told = [str(volume).split(":") for volume in COMPOSE["services"][service].get("volumes", [])]
    return {where[1]: where[0] for where in told}


def test_each_service_sees_its_own_certificate_and_no_other():
    seen = {
        name: volumes(name).get("/run/wire", "")
        for name in COMPOSE["services"]
        if name not in {"wire"}
    }
    renamed = {"migrate": "owner"}
    assert seen == {name: f"wire-{renamed.get(name, name)}" for name in seen}
    assert volumes("wire") == {
        f"/wire/{name}": f"wire-{name}" for name in ["authority", *(p.name for p in wire.PARTS)]
    }
    assert {name for name in COMPOSE["volumes"] if name.startswith("wire-")} == {
        *volumes("wire").values()
    }


def test_nothing_in_compose_is_plain_and_nobody_there_has_a_password():
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    said = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    assert [line for line in said if "http://" in line or "redis://" in line] == []
    assert [line for line in said if "_PASSWORD:?" in line] == []
    assert all(
        "sslmode=verify-full" in text[place : place + 120]
        for place in range(len(text))
        if text.startswith("postgresql://", place)
    )


def test_every_part_of_the_product_has_one_login_and_one_user():
    idents = (ROOT / "docker" / "postgres" / "pg_ident.conf").read_text().splitlines()
    may = {tuple(line.split()[1:]) for line in idents if line.strip() and not line.startswith("#")}
    ours = {p.name for p in wire.PARTS} - {"postgres", "broker", "sandbox", "wire", "owner"}
    assert may == {(name, "guichet_app") for name in ours} | {
        ("owner", "guichet_owner"), ("owner", "guichet_app"), ("wire", "guichet_wire"),
    }  # fmt: skip
    users = (ROOT / "docker" / "broker" / "users.acl").read_text().splitlines()
    named = [line.split() for line in users]
    assert {words[1] for words in named} == ours | {"default", "broker", "owner"}
    assert named[0][:4] == ["user", "default", "reset", "off"]
    assert not [line for line in users if ">" in line or "nopass" in line]
