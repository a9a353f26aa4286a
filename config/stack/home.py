"""Where one country's running stack keeps its things: `var/<country>/`."""

import contextlib
import fcntl
import json
import os
import secrets
import signal
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.stack.servers import birth

ROOT = Path(__file__).resolve().parent.parent.parent

# Each is made once and kept; the names in capitals are the variables that the product reads.
MAKERS: dict[str, Callable[[], str]] = {
    "postgres_password": lambda: secrets.token_hex(16),
    "owner_password": lambda: secrets.token_hex(16),
    "app_password": lambda: secrets.token_hex(16),
    "broker_password": lambda: secrets.token_hex(16),
    "SECRET_KEY": lambda: secrets.token_urlsafe(48),
    "FIELD_KEY": lambda: secrets.token_hex(32),
    "AUDIT_KEY": lambda: secrets.token_hex(32),
    "REGISTER_TOKEN": lambda: secrets.token_urlsafe(24),
    "SMS_TOKEN": lambda: secrets.token_urlsafe(24),
    "SMS_RECEIPT_TOKEN": lambda: secrets.token_urlsafe(24),
    "MTN_API_USER": lambda: str(uuid.uuid4()),
    "MTN_API_KEY": lambda: secrets.token_hex(16),
    "MTN_SUBSCRIPTION_KEY": lambda: secrets.token_hex(16),
    "BANK_SECRET": lambda: secrets.token_hex(32),
}


class CannotRun(Exception):
    """One sentence for the person at the keyboard."""


@dataclass(frozen=True, kw_only=True)
class Home:
    """The folder of one country, and the files in it."""

    country: str
    folder: Path

    @classmethod
    def of_environment(cls) -> "Home":
        """COUNTRY names the pack, PRACTICE=1 its books to learn on; VAR_DIR moves the folder."""
        country = os.environ.get("COUNTRY", "rw").lower()
        if not (ROOT / "countries" / country / "country.yaml").exists():
            packs = sorted(pack.parent.name for pack in ROOT.glob("countries/*/country.yaml"))
            raise CannotRun(f"There is no country pack {country!r}: COUNTRY is one of {packs}.")
        usual = country + "-practice" * (os.environ.get("PRACTICE") == "1")
        folder = Path(os.environ.get("VAR_DIR", ROOT / "var" / usual)).resolve()
        try:
            (folder / "logs").mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CannotRun(f"The data folder {folder} cannot be used: {error.strerror}.") from None
        return cls(country=country, folder=folder)

    @property
    def run_file(self) -> Path:
        return self.folder / "run.json"

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """One supervisor a folder."""
        with (self.folder / "lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                site = self.running().get("site", "starting")
                raise CannotRun(f"Guichet runs already on this data ({site}).") from None
            yield

    def secrets(self) -> dict[str, str]:
        """Read secrets.json; makes it, or what is missing in it, readable by the owner alone."""
        file = self.folder / "secrets.json"
        kept: dict[str, str] = {}
        if file.exists():
            try:
                kept = dict(json.loads(file.read_text()))
            except (OSError, ValueError):
                raise CannotRun(
                    f"{file} cannot be read: without it the data beside it stays locked."
                ) from None
        elif (self.folder / "postgres" / "data" / "PG_VERSION").exists():
            raise CannotRun(
                f"{file} is gone, and the data beside it cannot be opened without it: "
                "put it back, or move the whole folder away to start anew."
            )
        missing = {name: make() for name, make in MAKERS.items() if name not in kept}
        if missing:
            kept |= missing
            _write(file, kept)
        return kept

    def running(self) -> dict[str, Any]:
        """What run.json tells of the stack that runs, or was killed: addresses, process ids."""
        try:
            return dict(json.loads(self.run_file.read_text()))
        except (OSError, ValueError):
            return {}

    def tell(self, facts: dict[str, Any]) -> None:
        """Write run.json, which holds no secret."""
        _write(self.run_file, facts)

    def keep_environment(self, environment: dict[str, str]) -> None:
        """Write the variables of the running stack for `make manage`."""
        _write(self.folder / "environment.json", environment)

    def environment(self) -> dict[str, str]:
        """The variables of the stack that runs on this folder. Raises CannotRun when none does."""
        supervisor = self.running().get("supervisor", {"pid": 0, "birth": -1})
        if birth(int(supervisor["pid"])) != supervisor["birth"]:
            raise CannotRun("Guichet does not run: start it with `make run` first.")
        return dict(json.loads((self.folder / "environment.json").read_text()))

    def reap(self) -> list[str]:
        """End the children of a supervisor that was killed; returns their names."""
        ended = []
        for name, child in self.running().get("children", {}).items():
            pid = int(child["pid"])
            # A process id comes round again: the time of its start tells whether it is the same.
            if birth(pid) == child["birth"]:
                ended.append(str(name))
                end_group(pid, seconds=5)
        return ended


def _write(file: Path, content: dict[str, Any]) -> None:
    """In one piece, so that a reader never sees half of it, and for the owner's eyes alone."""
    new = file.with_suffix(".new")
    new.unlink(missing_ok=True)
    new.touch(mode=0o600)
    new.write_text(json.dumps(content, indent=1))
    new.replace(file)


def end_group(pid: int, *, seconds: float) -> None:
    """TERM to a process group that `pid` leads, KILL to what is left after `seconds`."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGTERM)
        end = time.monotonic() + seconds
        while birth(pid) and time.monotonic() < end:
            time.sleep(0.05)
        os.killpg(pid, signal.SIGKILL)
