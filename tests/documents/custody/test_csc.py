"""Keys at a signing service, over real HTTP: the sandbox plays it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from documents import custody
from documents.custody import Holder, NoSuchSigner, SignerUnavailable, csc
from documents.custody.csc import held_certificates
from tests.sandbox_process import SandboxProcess, free_port


def holder(key_ref: str = "officer-7") -> Holder:
    return Holder(7, *held_certificates(key_ref), key_ref)


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_a_key_at_the_service_signs_one_hash_an_authorisation(
    version: str, service: SandboxProcess, settings
) -> None:
    settings.CSC_VERSION = version
    hers = holder()
    signature = custody.sign_raw("csc", hers, b"facts")
    assert custody.is_of(hers, signature, b"facts")
    assert not custody.is_of(hers, signature, b"other facts")
    assert custody.signer("csc", hers) is custody.signer("csc", hers)


def test_a_service_that_is_down_makes_papers_wait_and_signs_when_it_is_back(
    service: SandboxProcess,
) -> None:
    hers = holder()
    assert custody.sign_raw("csc", hers, b"facts")
    service.faults(csc="down")
    with pytest.raises(SignerUnavailable, match="503"):
        custody.sign_raw("csc", hers, b"facts")
    service.faults()
    assert custody.sign_raw("csc", hers, b"facts")


def test_a_service_that_signs_by_another_key_is_not_believed(service: SandboxProcess) -> None:
    hers = holder()
    signer = custody.signer("csc", hers)
    service.faults(csc="strange")
    with pytest.raises(SignerUnavailable, match="not its own"):
        signer.sign_raw(b"facts", "sha256")


def test_a_service_that_refuses_us_signs_nothing(
    service: SandboxProcess, settings, tmp_path: Path
) -> None:
    hers = holder()
    with pytest.raises(NoSuchSigner):
        held_certificates("unknown-1")
    (tmp_path / "pin").write_text("000000")
    with pytest.raises(SignerUnavailable):
        custody.sign_raw("csc", hers, b"facts")
    (tmp_path / "token").write_text("stolen")
    with pytest.raises(SignerUnavailable, match="401"):
        holder()
    (tmp_path / "token").unlink()
    with pytest.raises(SignerUnavailable, match="FileNotFoundError"):
        holder()


def test_a_service_that_is_nowhere_is_told_from_one_that_refuses(
    service: SandboxProcess, settings
) -> None:
    settings.CSC_URL = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(SignerUnavailable, match="ConnectError") as trouble:
        holder()
    assert not isinstance(trouble.value, NoSuchSigner)
    with pytest.raises(SignerUnavailable):
        custody.make_key("csc", "officer-9", custody.P256)
    with pytest.raises(SignerUnavailable):
        custody.prove("csc", "officer-9", b"csr")


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_many_hashes_take_one_authorisation(
    version: str, service: SandboxProcess, settings
) -> None:
    settings.CSC_VERSION = version
    hers = holder()
    signer = custody.signer("csc", hers)
    before = service.get("/csc/asked").json()["authorised"]
    sitting = [f"paper {number}".encode() for number in range(200)]

    made = signer.sign_all(sitting, "sha256")

    assert service.get("/csc/asked").json()["authorised"] == before + 1
    assert all(custody.is_of(hers, *pair) for pair in zip(made, sitting, strict=True))
    service.faults(csc="strange")
    with pytest.raises(SignerUnavailable, match="not its own"):
        signer.sign_all(sitting, "sha256")


def test_a_service_that_drips_is_given_its_seconds_and_no_more(
    service: SandboxProcess, settings, dripping: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hers = holder()
    assert custody.sign_raw("csc", hers, b"facts")
    settings.CSC_URL = dripping
    monkeypatch.setattr(csc, "SECONDS_MAX", 0.5)
    with pytest.raises(SignerUnavailable, match="slow"):
        custody.sign_raw("csc", hers, b"facts")


@pytest.mark.parametrize("nonsense", [b"", b"[" * 100_000, b"[]", b'{"key": 7}', b"\xff"])
def test_a_service_that_talks_nonsense_makes_papers_wait(
    service: SandboxProcess, settings, nonsense: bytes, says: Callable[[bytes], str]
) -> None:
    settings.CSC_URL = says(nonsense)
    with pytest.raises(SignerUnavailable):
        holder()
