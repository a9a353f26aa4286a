"""
`python -m config.stack month`: a month of money beside throwaway servers, and its books made again.

Plays `manage.py play_month` with what follows, and lays its books beside those that `replay_ledger`
makes of its raw messages in a second, empty database.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from config.stack import throwaway
from config.stack.roles import provision

COUNTRY = "rw"
_PACK = Path(__file__).resolve().parents[2] / "countries" / COUNTRY / "country.yaml"
_WALLETS = Path(__file__).resolve().parents[1] / "storm" / "wallet-portal.yaml"


def main(arguments: list[str]) -> int:
    """Return 0 if the month adds up and its books follow from what was kept."""
    with throwaway.servers() as served, tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, **served}
        again = provision(
            served["GUICHET_TEST_SUPERUSER"],
            owner_password=urlsplit(served["OWNER_DATABASE_URL"]).password or "",
            app_password=urlsplit(served["DATABASE_URL"]).password or "",
            database="guichet_again",
        )
        as_owner = {**environment, "DATABASE_URL": served["OWNER_DATABASE_URL"]}
        replay = ("replay_ledger", "--into", again.owner, "--compare")
        steps = (
            (as_owner, ("migrate", "--verbosity", "0")),
            (environment, ("load_country", COUNTRY)),
            (environment, ("play_month", *arguments)),
            (as_owner, (*replay, "--layout", str(layout(Path(folder))))),
        )
        for variables, step in steps:
            if code := subprocess.call([sys.executable, "manage.py", *step], env=variables):
                return code
    return 0


def layout(folder: Path) -> Path:
    """Write the wallets' layout with the country's currency and zone; return its file."""
    here = yaml.safe_load(_PACK.read_text("utf-8"))
    declared = yaml.safe_load(_WALLETS.read_text("utf-8"))
    declared |= {"currency": here["currency"], "zone": here["time_zone"]}
    written = folder / _WALLETS.name
    written.write_text(yaml.safe_dump(declared), encoding="utf-8")
    return written
