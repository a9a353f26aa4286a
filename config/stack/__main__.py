"""`python -m config.stack run | test | check | manage | with | month | roles | scan | holes`."""

import os
import secrets
import subprocess
import sys
from collections.abc import Callable

import psycopg

from config.stack import checks, holes, month, scan, supervisor, throwaway
from config.stack.home import CannotRun, Home
from config.stack.roles import provision
from config.stack.servers import ServerBroken, ServerMissing


def run(arguments: list[str]) -> int:
    """Everything, until Ctrl-C."""
    return supervisor.main()


def test(arguments: list[str]) -> int:
    """pytest beside throwaway servers, on every core."""
    plugin = ["-m", "pytest", "-p", "config.stack.testing", "-n", "auto", "--dist", "worksteal"]
    os.execv(sys.executable, [sys.executable, *plugin, *arguments])  # noqa: S606


def check(arguments: list[str]) -> int:
    """Every rule that a machine can check; names of checks choose some."""
    return checks.main(arguments)


def manage(arguments: list[str]) -> int:
    """manage.py in the environment of the stack that runs."""
    environment = {**os.environ, **Home.of_environment().environment()}
    os.execve(sys.executable, [sys.executable, "manage.py", *arguments], environment)  # noqa: S606


def with_(arguments: list[str]) -> int:
    """A command beside throwaway servers: `with -- COMMAND`."""
    command = arguments[1:] if arguments[:1] == ["--"] else arguments
    with throwaway.servers() as environment:
        return subprocess.call(command, env={**os.environ, **environment})


def roles(arguments: list[str]) -> int:
    """Make database, logins and rights on a server of yours: `roles postgresql://superuser@...`."""
    try:
        logins = provision(
            arguments[0], owner_password=secrets.token_hex(16), app_password=secrets.token_hex(16)
        )
    except psycopg.Error as error:
        raise CannotRun(f"The roles cannot be made: {error}".strip()) from None
    print(f"DATABASE_URL={logins.app}\nOWNER_DATABASE_URL={logins.owner}")
    return 0


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "run": run,
    "test": test,
    "check": check,
    "manage": manage,
    "with": with_,
    "month": month.main,
    "roles": roles,
    "scan": scan.main,
    "holes": holes.main,
}

if __name__ == "__main__":
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name not in COMMANDS:
        sys.exit(f"guichet: one of {', '.join(COMMANDS)}")
    try:
        sys.exit(COMMANDS[name](sys.argv[2:]))
    except (CannotRun, ServerBroken, ServerMissing) as reason:
        sys.exit(f"guichet: {reason}")
