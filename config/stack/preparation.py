"""What stands between servers that answer and a stack that can be used."""

import hashlib
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

from config import words
from config.environment import rails_of
from config.stack.children import Child
from config.stack.home import ROOT, CannotRun, Home

STEP_SECONDS_MAX = 300.0


def manage(*arguments: str) -> list[str]:
    return [sys.executable, "manage.py", *arguments]


def static_digest() -> str:
    """Changes whenever collectstatic would have something new to say."""
    digest = hashlib.sha256((ROOT / "requirements" / "run.txt").read_bytes())
    digest.update((ROOT / "config" / "settings.py").read_bytes())
    for file in sorted(ROOT.glob("*/static/**/*")):
        if file.is_file():
            stat = file.stat()
            digest.update(f"{file.relative_to(ROOT)} {stat.st_size} {stat.st_mtime_ns}".encode())
    return digest.hexdigest()


def prepare(
    home: Home, environment: dict[str, str], owner_url: str, look_up: Callable[[], None]
) -> None:
    """Migrate as the owner, gather static files, compile the words, all at once.

    The owner's login is given to nothing else. `look_up` is called while waiting, to notice
    Ctrl-C. Raises CannotRun when a step fails.
    """
    steps = [
        Child(
            name="migrate",
            command=manage("migrate", "--no-input", "--verbosity", "1"),
            environment={
                **environment,
                "GUICHET_AS_OWNER": "1",
                "OWNER_DATABASE_URL": owner_url,
            },
            log=home.folder / "logs" / "migrate.log",
        )
    ]
    digest, stamp = static_digest(), home.folder / "static.stamp"
    if not stamp.exists() or stamp.read_text() != digest:
        steps.append(
            Child(
                name="collectstatic",
                command=manage("collectstatic", "--no-input", "--clear", "--verbosity", "0"),
                environment=environment,
                log=home.folder / "logs" / "collectstatic.log",
            )
        )
    for step in steps:
        step.start()
    words.compile_all(ROOT)
    try:
        for step in steps:
            finish(step, look_up)
    finally:
        for step in steps:
            step.ask_to_stop()
    stamp.write_text(digest)


def finish(step: Child, look_up: Callable[[], None]) -> None:
    """Wait for a step that ends by itself. Raises CannotRun with its last word when it fails."""
    end = time.monotonic() + STEP_SECONDS_MAX
    while step.alive and time.monotonic() < end:
        time.sleep(0.05)
        look_up()
    code = step.process.poll() if step.process is not None else 1
    if code != 0:
        raise CannotRun(f"{step.name} failed: {_last_line(step.log)} (all of it: {step.log})")


def _last_line(log: Path) -> str:
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    # The name of an exception stands at the line's beginning, and its details may follow it.
    named = [line for line in lines if re.match(r"[\w.]+(Error|Exception|Exit|Missing)\b", line)]
    return (named or lines or ["it said nothing"])[-1].strip()


def seed(home: Home, environment: dict[str, str]) -> Child:
    """The country pack, development's keys and the demonstration's people: one process for all."""
    return Child(
        name="seed",
        command=[sys.executable, "-m", "config.stack.seed", home.country],
        environment=environment,
        log=home.folder / "logs" / "seed.log",
    )


def product(
    home: Home,
    environment: dict[str, str],
    *,
    host: str,
    port: int,
    callbacks_port: int,
    sandbox_port: int,
) -> list[Child]:
    """The processes of a running Guichet, in the order in which they are stopped."""
    granian = [
        *("granian", "--interface", "wsgi", "--host", host, "--port", str(port), "--no-ws"),
        *("--workers", "2", "--blocking-threads", "4", "--workers-kill-timeout", "3"),
        *("--log-level", "warning", "config.wsgi:application"),
    ]
    # One event loop: what waits in it is kept by one commit. It drains for 10 s at the end.
    callbacks = [
        *("granian", "--interface", "rsgi", "--host", host, "--port", str(callbacks_port)),
        *("--no-ws", "--workers", "1", "--workers-kill-timeout", "12", "--log-level", "warning"),
        "config.callbacks:application",
    ]
    celery = ["celery", "-A", "config.celery"]
    beat = ["beat", "-l", "WARNING", "-s", str(home.folder / "beat"), "--pidfile="]
    worker = ["worker", "-l", "WARNING", "--without-mingle", "--without-gossip", "-c"]
    # Three workers: a network that hangs must keep neither a paper nor the relay waiting, and what
    # takes minutes (statements, reports, the hourly checks) keeps nobody waiting.
    # Of the first there are two, of one process each: who kills one leaves the other, and what it
    # had begun waits for a lease and a sweep, not for the seconds that a worker takes to come up.
    house = [[*worker, "1", "-Q", "relay,paper", "-n", f"{name}@%h"] for name in ("house", "yard")]
    errands = [*worker, "2", "-Q", "outside", "-n", "outside@%h"]
    slow = [*worker, "1", "-Q", "slow", "-n", "slow@%h"]
    outside = _of_sandbox(home, environment, sandbox_port)
    commands: list[tuple[str, list[str], dict[str, str]]] = [
        ("beat", [sys.executable, "-m", *celery, *beat], environment),
        ("poster", manage("post_inbox"), environment),
        ("web", [sys.executable, "-m", *granian], environment),
        ("callbacks", [sys.executable, "-m", *callbacks], environment),
        ("worker", [sys.executable, "-m", *celery, *house[0]], environment),
        ("worker-too", [sys.executable, "-m", *celery, *house[1]], environment),
        ("worker-outside", [sys.executable, "-m", *celery, *errands], environment),
        ("worker-slow", [sys.executable, "-m", *celery, *slow], environment),
        ("sandbox", [sys.executable, "-m", "sandbox"], outside),
    ]
    return [
        Child(name=name, command=command, environment=env, log=home.folder / "logs" / f"{name}.log")
        for name, command, env in commands
    ]


def _of_sandbox(home: Home, environment: dict[str, str], port: int) -> dict[str, str]:
    """Return the environment of the sandbox, which plays the world outside: without our secrets."""
    secrets_of_others = {
        "DATABASE_URL",
        "REDIS_URL",
        "SECRET_KEY",
        "FIELD_KEY",
        "INDEX_KEY",
        "NEXT_INDEX_KEY",
        "AUDIT_KEY",
        "S3_SECRET_KEY",
    }
    told = {k: v for k, v in environment.items() if k not in secrets_of_others} | {
        "SANDBOX_PORT": str(port),
        # Mail that goes to a server of the person's own does not come here.
        "SANDBOX_MAIL_PORT": "0"
        if environment.get("MAIL_HOST")
        else environment.get("MAIL_PORT", "0"),
        "SANDBOX_STATE": str(home.folder / "sandbox"),
        "SANDBOX_COUNTRY": home.country,
        "GUICHET_URL": environment["SITE_URL"],
        "CALLBACKS_URL": environment.get("CALLBACK_BASE", environment["SITE_URL"]),
    }
    # The sandbox plays the first rail by contract of the pack, whatever it is called there.
    for rail in rails_of(ROOT / "countries" / home.country):
        if rail.kind == "bycontract" and "BANK_RAIL" not in told:
            told |= {
                "BANK_RAIL": rail.code,
                "BANK_SECRET": environment.get(f"{rail.prefix}_SECRET", ""),
            }
    return told
