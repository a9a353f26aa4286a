"""`python -m config.stack.migrations_sql`: squawk reads the SQL of every migration of ours."""

import io
import subprocess
import sys
import tempfile
from pathlib import Path

import django
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from config.stack.home import ROOT

NOT_ASKED = [
    # Django remembers what ran and undoes a half, so nothing is run twice.
    "prefer-robust-stmts",
    # Set for the owner's role, not in each file.
    "require-lock-timeout",
    "require-statement-timeout",
    # A line number or a count of attempts is no key.
    "prefer-bigint-over-int",
    "prefer-bigint-over-smallint",
    # A limit on everything: a length is one.
    "prefer-text-field",
]


def main() -> int:
    django.setup()
    loader = MigrationLoader(connection)
    ours = [(app, name) for app, name in loader.disk_migrations if (ROOT / app).is_dir()]
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for app, name in sorted(ours):
            said = io.StringIO()
            call_command("sqlmigrate", app, name, stdout=said, no_color=True)
            files.append(Path(folder) / f"{app}.{name}.sql")
            # Said once for all by _squawk: each migration is one transaction.
            lines = said.getvalue().splitlines()
            files[-1].write_text("\n".join(x for x in lines if x not in {"BEGIN;", "COMMIT;"}))
        first = [str(file) for file in files if ".0001_" in file.name]
        later = [str(file) for file in files if ".0001_" not in file.name]
        # A first migration links tables that it has just made: no row is scanned.
        return max(
            _squawk([*NOT_ASKED, "adding-foreign-key-constraint"], first), _squawk(NOT_ASKED, later)
        )


def _squawk(not_asked: list[str], files: list[str]) -> int:
    command = [str(Path(sys.executable).with_name("squawk")), "--pg-version=15.0"]
    # Django wraps each migration in a transaction; most make the table that they touch.
    command += ["--assume-in-transaction", *(f"--exclude={rule}" for rule in not_asked)]
    return subprocess.call([*command, *files]) if files else 0


if __name__ == "__main__":
    sys.exit(main())
