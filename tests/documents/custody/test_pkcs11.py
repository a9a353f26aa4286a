"""Keys in a hardware module: SoftHSM plays it, with all that can go wrong between us and it."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from documents import custody
from documents.custody import Holder, NoSuchSigner, SignerUnavailable
from documents.pki import csr, open_authority
from tests.documents.custody import hsm
from tests.documents.custody.hsm import Hsm
from tests.world import NOON


def certified(folder: Path, key_ref: str, spki: bytes) -> Holder:
    here = {"country_code": "rw", "country_name": "Rwanda", "site_url": "https://guichet.example"}
    authority = open_authority(folder, **here, at=NOON)
    made = authority.certify(
        csr.loaded(spki), common_name="Uwase", unit="", serial_name="1", key_ref=key_ref, at=NOON
    )
    return Holder(7, made.certificate, made.chain, key_ref)


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings) -> Hsm:
    return hsm.plugged_into(tmp_path, monkeypatch, settings)


@pytest.fixture(params=[custody.P256, custody.RSA3072])
def held(request: pytest.FixtureRequest, module: Hsm, tmp_path: Path) -> Holder:
    spki = custody.make_key("pkcs11", "officer-7", request.param)
    return certified(tmp_path / "pki", "officer-7", spki)


def signs(holder: Holder, data: bytes = b"facts") -> bool:
    return custody.is_of(holder, custody.sign_raw("pkcs11", holder, data), data)


def test_a_key_made_in_the_module_signs_and_never_leaves_it(held: Holder, module: Hsm) -> None:
    assert signs(held)
    assert not custody.is_of(held, custody.sign_raw("pkcs11", held, b"facts"), b"other facts")
    signer = custody.signer("pkcs11", held)
    assert signer is custody.signer("pkcs11", held)
    assert custody.is_of(held, signer.sign_raw(b"facts", "sha512"), b"facts", "sha512")

    shown = subprocess.run(
        ["pkcs11-tool", "--module", hsm.MODULE, "--login", "--pin", hsm.PIN, "--list-objects",
         "--type", "privkey"],
        capture_output=True, text=True, check=False,
    ) if _has_pkcs11_tool() else None  # fmt: skip
    assert shown is None or "never extractable" in shown.stdout


def _has_pkcs11_tool() -> bool:
    return Path("/usr/bin/pkcs11-tool").exists()


def test_a_making_that_was_interrupted_finds_its_key_again(module: Hsm) -> None:
    first = custody.make_key("pkcs11", "seal-3", custody.P256)
    assert custody.make_key("pkcs11", "seal-3", custody.P256) == first
    assert custody.make_key("pkcs11", "seal-4", custody.P256) != first
    assert custody.verifies(first, custody.prove("pkcs11", "seal-3", b"csr"), b"csr")


def test_a_key_of_somebody_else_is_no_key(module: Hsm, tmp_path: Path) -> None:
    hers = custody.make_key("pkcs11", "officer-7", custody.P256)
    custody.make_key("pkcs11", "officer-8", custody.P256)
    assert signs(certified(tmp_path / "pki", "officer-7", hers))
    with pytest.raises(SignerUnavailable, match="not its own"):
        signs(certified(tmp_path / "pki", "officer-8", hers))
    with pytest.raises(NoSuchSigner):
        signs(certified(tmp_path / "pki", "officer-9", hers))


def test_a_missing_key_costs_neither_the_session_nor_the_other_keys(
    module: Hsm, tmp_path: Path
) -> None:
    hers = custody.make_key("pkcs11", "officer-7", custody.P256)
    assert signs(certified(tmp_path / "pki", "officer-7", hers))
    held = custody._CUSTODIES["pkcs11"]
    session, keys = held._session, dict(held._keys)
    for _ in range(2):
        with pytest.raises(NoSuchSigner):
            signs(certified(tmp_path / "pki", "officer-9", hers))
    assert held._session is session
    assert held._keys == keys
    assert signs(certified(tmp_path / "pki", "officer-7", hers))


def test_a_module_unplugged_between_two_signatures_is_used_again_when_it_is_back(
    held: Holder, module: Hsm
) -> None:
    assert signs(held)
    module.unplug()
    for _ in range(2):
        with pytest.raises(SignerUnavailable):
            signs(held)
    module.plug_in()
    assert signs(held)


def test_a_session_that_the_module_has_closed_is_opened_again(held: Holder, module: Hsm) -> None:
    assert signs(held)
    custody._CUSTODIES["pkcs11"]._session.close()
    assert signs(held)


def test_a_wrong_pin_is_tried_once_and_not_until_the_token_locks(held: Holder, module: Hsm) -> None:
    """SoftHSM counts nothing; a real token locks itself at the third."""
    assert signs(held)
    custody._CUSTODIES["pkcs11"]._forget()
    module.pin_file.write_text("000000")
    with pytest.raises(SignerUnavailable, match="PinIncorrect"):
        signs(held)
    with pytest.raises(SignerUnavailable, match="not tried again"):
        signs(held)
    module.pin_file.write_text(hsm.PIN)
    assert signs(held)

    custody._CUSTODIES["pkcs11"]._forget()
    module.pin_file.unlink()
    with pytest.raises(SignerUnavailable, match="FileNotFoundError"):
        signs(held)


def test_a_module_that_is_not_installed_makes_papers_wait(held: Holder, settings) -> None:
    custody._CUSTODIES["pkcs11"]._forget()
    settings.PKCS11_MODULE = "/nowhere/module.so"
    with pytest.raises(SignerUnavailable):
        custody.make_key("pkcs11", "officer-9", custody.P256)


_FORKS = """
import os, sys
import django
django.setup()
from django.conf import settings
from documents import custody
settings.PKCS11_MODULE, settings.PKCS11_TOKEN, settings.PKCS11_PIN_FILE = sys.argv[1:4]
spki = custody.make_key("pkcs11", "parent", custody.P256)

def signs():
    return custody.verifies(spki, custody.prove("pkcs11", "parent", b"x"), b"x")

assert signs()
children = []
for _ in range(2):
    child = os.fork()
    if child == 0:
        os._exit(0 if signs() and signs() else 1)
    children.append(child)
for child in children:
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
assert signs()
print("all sign")
"""


def test_a_child_opens_a_session_of_its_own_and_its_parent_keeps_his(module: Hsm) -> None:
    run = subprocess.run(
        [sys.executable, "-c", _FORKS, hsm.MODULE, hsm.TOKEN, str(module.pin_file)],
        capture_output=True, text=True, timeout=120, check=False, cwd=settings.BASE_DIR,
    )  # fmt: skip
    assert run.stdout.splitlines()[-1:] == ["all sign"], run.stderr
