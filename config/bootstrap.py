"""Make the virtual environment, install the locked packages, go on inside it.

    python3 config/bootstrap.py run|dev|bench ARGUMENTS OF PYTHON...

Nothing but the standard library, and words that an old Python can read: this is the first file
that runs on a bare machine.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = Path(os.environ.get("GUICHET_VENV", str(ROOT / ".venv")))
REQUIREMENTS = ROOT / "requirements"
STAMP = VENV / "guichet.stamp"
# Each holds all of those before it.
KINDS = ("run", "dev", "bench")
VERSIONS = ((3, 13), (3, 12), (3, 11))


class CannotStart(Exception):
    """One sentence for the person at the keyboard."""


def fitting_python():
    # type: () -> str
    """This interpreter, or one of the fitting versions on PATH."""
    if sys.version_info[:2] in VERSIONS:
        return sys.executable
    for major, minor in VERSIONS:
        found = shutil.which(f"python{major}.{minor}")
        # Some installations keep a name on PATH for versions that are not there.
        if found and _says(found, "import venv") is None:
            return found
    raise CannotStart(
        "Guichet needs Python 3.11, 3.12 or 3.13; "
        f"{sys.executable} is Python {sys.version_info[0]}.{sys.version_info[1]} "
        "and no other was found."
    )


def _says(python, code):
    # type: (str, str) -> str | None
    """Return why `python -c code` fails, or nothing when it works."""
    done = subprocess.run(
        [python, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    return None if done.returncode == 0 else done.stdout.decode(errors="replace")


def venv_python():
    # type: () -> str
    return str(VENV / "bin" / "python")


def make_venv():
    # type: () -> None
    if VENV.exists() and _says(venv_python(), "import sys") is None:
        return
    if VENV.exists():
        # Its interpreter is gone, as after an upgrade of the system.
        shutil.rmtree(VENV)
    python = fitting_python()
    print(f"Making the virtual environment in {VENV}", flush=True)
    # pip is asked for apart: Debian's python3 without python3-venv can make all but that.
    made = subprocess.run(
        [python, "-m", "venv", "--without-pip", str(VENV)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if made.returncode != 0:
        said = made.stdout.decode(errors="replace").strip().splitlines()
        raise CannotStart("The virtual environment cannot be made: {}".format((said or [""])[-1]))


def _digest(name):
    # type: (str) -> str
    return hashlib.sha256((REQUIREMENTS / name).read_bytes()).hexdigest()


def wanted_kind(kind):
    # type: (str) -> str | None
    """The kind to install, or nothing when the environment already holds it."""
    try:
        held, digest = STAMP.read_text().split()
    except (OSError, ValueError):
        return kind
    if held in KINDS[KINDS.index(kind) :]:
        kind = held
    return None if held == kind and digest == _digest(f"{kind}.txt") else kind


def _pip():
    # type: () -> list[str]
    if _says(venv_python(), "import pip") is not None:
        if _says(venv_python(), "import ensurepip") is not None:
            raise CannotStart("pip is missing: install python3-venv (Debian), or uv.")
        subprocess.run(
            [venv_python(), "-m", "ensurepip", "--default-pip"],
            stdout=subprocess.DEVNULL,
            check=True,
        )
    return [venv_python(), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]


def _uv():
    # type: () -> str | None
    """uv of the machine, else a locked one beside the environment: pip takes twice as long."""
    found = shutil.which("uv") or shutil.which("uv", path=str(VENV / "uv" / "bin"))
    if found is None:
        subprocess.run(
            [
                *_pip(),
                "--require-hashes",
                "--target",
                str(VENV / "uv"),
                "-r",
                str(REQUIREMENTS / "bootstrap.txt"),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        found = shutil.which("uv", path=str(VENV / "uv" / "bin"))
    return found


def install(kind):
    # type: (str) -> None
    locked = str(REQUIREMENTS / (f"{kind}.txt"))
    print(f"Installing the packages of requirements/{kind}.txt", flush=True)
    uv = _uv()
    if uv is not None:
        # Only what tests ask for may take away: an environment that held more keeps it.
        way = ["sync"] if kind == "dev" else ["install", "-r"]
        by_uv = [uv, "pip", way[0], "--quiet", "--require-hashes", "--python", venv_python()]
        # A mirror that is set up for pip alone is unknown to uv: then pip has its turn.
        if (
            subprocess.run(
                [*by_uv, *way[1:], locked], stderr=subprocess.DEVNULL, check=False
            ).returncode
            == 0
        ):
            STAMP.write_text("{} {}\n".format(kind, _digest(f"{kind}.txt")))
            return
    done = subprocess.run(
        [*_pip(), "--require-hashes", "-r", locked],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode != 0:
        lines = done.stdout.decode(errors="replace").splitlines()
        errors = [line for line in lines if line.startswith("ERROR")] or lines or ["pip was silent"]
        raise CannotStart(f"A package cannot be installed: {errors[-1]}")
    STAMP.write_text("{} {}\n".format(kind, _digest(f"{kind}.txt")))


def main(words):
    # type: (list[str]) -> int
    """`words`: run, dev or bench, then what the environment's Python is given, which takes over.

    Returns an exit code where there is nothing more to do, or where it cannot be done.
    """
    try:
        make_venv()
        needed = wanted_kind(words[0])
        if needed is not None:
            install(needed)
    except CannotStart as reason:
        print(f"guichet: {reason}", file=sys.stderr)
        return 1
    if len(words) > 1:
        sys.stdout.flush()
        os.chdir(str(ROOT))
        # Whoever wants no bytecode beside the sources has it here: without any, each of the many
        # processes that are started compiles all of Django anew.
        if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
            os.environ["PYTHONPYCACHEPREFIX"] = str(VENV / "bytecode")
        os.execv(venv_python(), [venv_python(), *words[1:]])  # noqa: S606
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
