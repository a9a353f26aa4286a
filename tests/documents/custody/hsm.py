"""A hardware module in software: SoftHSM, its token in a folder of the test's own."""

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from documents import custody
from documents.custody.pkcs11 import Pkcs11Custody
from tests.documents import harness

MODULE = "/usr/lib/softhsm/libsofthsm2.so"
TOKEN, PIN = "guichet", "918273"


@dataclass(frozen=True)
class Hsm:
    folder: Path
    pin_file: Path

    @property
    def tokens(self) -> Path:
        return self.folder / "tokens"

    def unplug(self) -> None:
        self.tokens.rename(self.folder / "unplugged")
        self.tokens.mkdir()

    def plug_in(self) -> None:
        self.tokens.rmdir()
        (self.folder / "unplugged").rename(self.tokens)


def make(folder: Path, patch: pytest.MonkeyPatch) -> Hsm:
    program = harness.needs("softhsm2-util")
    folder.mkdir()
    made = Hsm(folder, folder / "pin")
    made.tokens.mkdir()
    made.pin_file.write_text(PIN + "\n")
    conf = folder / "softhsm2.conf"
    conf.write_text(
        f"directories.tokendir = {made.tokens}\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    patch.setenv("SOFTHSM2_CONF", str(conf))
    subprocess.run(
        [program, "--init-token", "--free", "--label", TOKEN, "--pin", PIN,
         "--so-pin", "87654321"],
        check=True, capture_output=True,
    )  # fmt: skip
    return made


def plugged_into(folder: Path, patch: pytest.MonkeyPatch, settings: Any) -> Hsm:
    """Make a module that new credentials' keys lie in, and a custody that has not opened it."""
    made = make(folder / "hsm", patch)
    settings.DOCUMENTS_CUSTODY = "pkcs11"
    settings.PKCS11_MODULE = MODULE
    settings.PKCS11_TOKEN = TOKEN
    settings.PKCS11_PIN_FILE = str(made.pin_file)
    settings.PKI_DIR = folder / "pki"
    patch.setitem(custody._CUSTODIES, custody.PKCS11, Pkcs11Custody())
    return made
