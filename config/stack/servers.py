"""What the embedded servers have in common: they start from wheels, on a free port, and die with
the process that started them."""

import functools
import os
import pwd
import shutil
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

START_SECONDS_MAX = 40.0
STOP_SECONDS_MAX = 30.0


class ServerMissing(Exception):
    """No binary of this server is to be found on the machine."""


class ServerBroken(Exception):
    """The server's data folder cannot be used, or the server does not start on it."""


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def dies_with_parent(sign: str = "TERM") -> list[str]:
    """Command prefix: the kernel sends `sign` when the starting thread is gone, even by -9."""
    return ["setpriv", "--pdeathsig", sign, "--"] if shutil.which("setpriv") else []


@dataclass(frozen=True, kw_only=True)
class Disguise:
    """How to run a server that refuses root."""

    prefix: tuple[str, ...] = ()
    uid: int | None = None
    gid: int | None = None

    @property
    def groups(self) -> list[int] | None:
        return None if self.gid is None else []

    def own(self, *folders: Path) -> None:
        if self.uid is not None:
            for folder in folders:
                os.chown(folder, self.uid, -1)


@functools.cache
def disguise() -> Disguise:
    """Not root: nothing. Root: a user namespace; where that is blocked, the user nobody."""
    if os.geteuid() != 0:
        return Disguise()
    nobody = pwd.getpwnam("nobody")
    prefix = (
        "unshare",
        "--user",
        f"--map-user={nobody.pw_uid}",
        f"--map-group={nobody.pw_gid}",
        "--",
    )
    if (
        os.environ.get("GUICHET_NO_USERNS") != "1"
        and shutil.which("unshare")
        and subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode == 0
    ):
        return Disguise(prefix=prefix)
    return Disguise(uid=nobody.pw_uid, gid=nobody.pw_gid)


def clean_environment() -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": "/nonexistent"}


def last_word(log: Path) -> str:
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    told = [line for line in lines if "FATAL" in line or "PANIC" in line or "error" in line]
    return (told or lines or ["it said nothing"])[-1]


def birth(pid: int) -> int:
    """The kernel's start time of a process in clock ticks since boot; 0 when there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0
    after_name = stat.rsplit(")", 1)[1].split()
    return 0 if after_name[0] == "Z" else int(after_name[19])
