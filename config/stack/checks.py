"""`make check`: every rule that a machine can check, each with the time it took."""

import os
import secrets
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from config.stack import throwaway
from config.stack.home import ROOT

HANDS = 2
BIN = Path(sys.executable).parent

# None has a default: the compose file is read with these and refused without them.
COMPOSE_NEEDS = (
    "SECRET_KEY",
    "FIELD_KEY",
    "AUDIT_KEY",
    "REGISTER_TOKEN",
    "SMS_TOKEN",
    "SMS_RECEIPT_TOKEN",
    "MTN_API_USER",
    "MTN_API_KEY",
    "MTN_SUBSCRIPTION_KEY",
    "AIRTEL_CLIENT_ID",
    "AIRTEL_CLIENT_SECRET",
    "BANK_SECRET",
    "POPULATION_URL",
    "CIVIL_URL",
    "CRIMINAL_URL",
    "SMS_URL",
    "MTN_URL",
    "MTN_ENVIRONMENT",
    "AIRTEL_URL",
    "AIRTEL_VERSION",
    "AIRTEL_CALLBACK_KEY",
)


# As compose has them: by certificates alone, whose files need not be there to be named.
SERVERS_BY_TLS = {
    "DATABASE_URL": "postgresql://guichet_app@db/guichet?sslmode=verify-full"
    "&sslrootcert=/run/wire/ca.pem&sslcert=/run/wire/own.pem&sslkey=/run/wire/own.pem",
    "OWNER_DATABASE_URL": "postgresql://guichet_owner@db/guichet?sslmode=verify-full"
    "&sslrootcert=/run/wire/ca.pem&sslcert=/run/wire/own.pem&sslkey=/run/wire/own.pem",
    "REDIS_URL": "rediss://broker:6379/0?ssl_cert_reqs=required"
    "&ssl_ca_certs=/run/wire/ca.pem&ssl_certfile=/run/wire/own.pem&ssl_keyfile=/run/wire/own.pem",
}


def production() -> dict[str, str]:
    """An environment in which production starts: TLS everywhere, and secrets of its own."""
    made = {
        name: "https://outside.example" if name.endswith("_URL") else secrets.token_hex(32)
        for name in COMPOSE_NEEDS
    }
    return {
        **made,
        **SERVERS_BY_TLS,
        "GUICHET_ENV": "production",
        "SITE_URL": "https://guichet.example",
        "AIRTEL_VERSION": "v1",
        # Without one the deployment is warned that papers will wait.
        "DOCUMENTS_CUSTODY": "pkcs11",
        "PKCS11_MODULE": "/usr/lib/module.so",
        "PKCS11_TOKEN": "guichet",
        "PKCS11_PIN_FILE": "/run/secrets/pin",
        "PKI_ROOTS": "/etc/guichet/roots.pem",
    }


# Rules of our own; it asks nobody for more of them, and tells nobody of us.
SEMGREP = (
    "scan", "--config", "config/semgrep.yml", "--metrics=off", "--disable-version-check",
    "--quiet", "--error", "--jobs", "1",
)  # fmt: skip
# Tests plant wrongs; the bench and the sandbox are not the product.
NOT_THE_PRODUCT = ("tests", "bench", "sandbox", "var", ".venv")


@dataclass(frozen=True, kw_only=True)
class Check:
    """One command; silent when it is content."""

    name: str
    command: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)


def _tool(name: str, *arguments: str) -> tuple[str, ...]:
    return (str(BIN / name), *arguments)


def _manage(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "manage.py", *arguments)


def templates() -> list[str]:
    folders = {file.parent for file in ROOT.glob("*/templates") if file.is_dir()} | {ROOT}
    return sorted(str(f / "templates") for f in folders if (f / "templates").is_dir())


def all_checks() -> list[Check]:
    """Slowest first, so that two hands finish together."""
    return [
        Check(name="mypy", command=_tool("mypy")),
        Check(
            name="deploy",
            command=_manage("check", "--deploy", "--fail-level", "WARNING"),
            environment=production(),
        ),
        Check(
            name="migrations",
            command=_manage("makemigrations", "--check", "--dry-run"),
        ),
        Check(
            name="squawk",
            command=(sys.executable, "-m", "config.stack.migrations_sql"),
            environment={"DJANGO_SETTINGS_MODULE": "config.settings"},
        ),
        Check(
            name="schema",
            command=_manage("spectacular", "--validate", "--fail-on-warn", "--file", os.devnull),
        ),
        Check(
            name="semgrep",
            command=_tool(
                "semgrep", *SEMGREP, *(f"--exclude={room}" for room in NOT_THE_PRODUCT), "."
            ),
        ),
        Check(
            name="matrix",
            command=(sys.executable, "-m", "config.stack.matrix"),
            environment={"DJANGO_SETTINGS_MODULE": "config.settings"},
        ),
        Check(name="look", command=(sys.executable, "-m", "config.stack.look")),
        Check(name="marked", command=(sys.executable, "-m", "config.stack.marked")),
        Check(name="imports", command=_tool("lint-imports", "--no-cache")),
        Check(name="ruff", command=_tool("ruff", "check", ".")),
        Check(name="format", command=_tool("ruff", "format", "--check", "--diff", ".")),
        Check(name="templates", command=_tool("djlint", "--lint", "--quiet", *templates())),
        Check(name="deptry", command=_tool("deptry", ".")),
        Check(
            name="bandit",
            command=_tool("bandit", "-q", "-r", "-c", "pyproject.toml", "-ll", "."),
        ),
        Check(
            name="compose",
            command=_tool("docker-compose", "--profile", "*", "config", "-q"),
            environment=production(),
        ),
    ]


def _do(check: Check, environment: dict[str, str]) -> tuple[Check, float, int, str]:
    begun = time.perf_counter()
    done = subprocess.run(
        check.command,
        cwd=ROOT,
        env={**os.environ, **environment, **check.environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return check, time.perf_counter() - begun, done.returncode, done.stdout


def main(names: list[str]) -> int:
    """Run all checks, or those named; prints every failure whole; returns how many failed."""
    chosen = [check for check in all_checks() if not names or check.name in names]
    failed = []
    with throwaway.servers() as environment, ThreadPoolExecutor(HANDS) as hands:
        environment["GUICHET_ENV"] = "development"
        for check, seconds, code, said in hands.map(lambda c: _do(c, environment), chosen):
            print(f"{seconds:7.1f} s  {'ok    ' if code == 0 else 'FAILED'}  {check.name}")
            if code != 0:
                failed.append(check.name)
                print(said.rstrip(), flush=True)
    print(f"{len(chosen) - len(failed)} passed, {len(failed)} failed", flush=True)
    return 1 if failed else 0
