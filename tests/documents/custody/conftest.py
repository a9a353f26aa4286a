from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from documents import custody
from documents.custody.csc import CscCustody
from sandbox.csc import PIN, TOKEN
from tests.documents.strange import dripping, says
from tests.sandbox_process import SandboxProcess

__all__ = ["dripping", "says"]


@pytest.fixture(scope="session")
def _national(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    """The sandbox, of which this room needs the signing service and the authority behind it."""
    with SandboxProcess({"SANDBOX_STATE": str(tmp_path_factory.mktemp("csc"))}) as sandbox:
        yield sandbox


@pytest.fixture
def national(_national: SandboxProcess) -> Iterator[SandboxProcess]:
    _national.faults()
    yield _national
    _national.faults()


@pytest.fixture
def service(
    national: SandboxProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> SandboxProcess:
    """The signing service, with our token and our PIN in files."""
    for name, secret in (("token", TOKEN), ("pin", PIN)):
        (tmp_path / name).write_text(secret)
    settings.DOCUMENTS_CUSTODY = "csc"
    settings.CSC_URL, settings.CSC_VERSION = f"{national.url}/csc", "v1"
    settings.CSC_TOKEN_FILE = str(tmp_path / "token")
    settings.CSC_PIN_FILE = str(tmp_path / "pin")
    monkeypatch.setitem(custody._CUSTODIES, custody.CSC, CscCustody())
    return national
