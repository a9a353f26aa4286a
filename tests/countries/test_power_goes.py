"""The power goes while a pack is loaded: nothing of it stands, and the next load is whole."""

import os
import subprocess
import sys
import time
from collections.abc import Callable

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command

from catalogue.models import Service
from places.models import Area, Office, PackLoad
from tests.countries.packs import TINY

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

SECONDS_MAX = 60
# Whoever waits for the table of categories has loaded the places and not yet the services.
WAITING = """
    SELECT count(*) FROM pg_locks
    WHERE NOT granted AND relation = 'catalogue_category'::regclass
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def _until(told: Callable[[], bool], loading: subprocess.Popen[bytes] | None = None) -> None:
    end = time.monotonic() + SECONDS_MAX
    while not told():
        assert time.monotonic() < end
        assert loading is None or loading.poll() is None, "the load ended by itself"
        time.sleep(0.02)


def test_a_pack_half_loaded_leaves_nothing(as_owner: psycopg.Connection) -> None:
    def waiting() -> int:
        return as_owner.execute(WAITING).fetchone()[0]

    with as_owner.transaction():
        as_owner.execute("LOCK TABLE catalogue_category IN ACCESS EXCLUSIVE MODE")
        loading = subprocess.Popen(
            [sys.executable, "manage.py", "load_country", "ty", "--folder", str(TINY)],
            cwd=settings.BASE_DIR,
            env=dict(os.environ),
            stdout=subprocess.DEVNULL,
        )
        try:
            _until(lambda: waiting() == 1, loading)
        finally:
            loading.kill()
            loading.wait()
    _until(lambda: waiting() == 0)

    call_command("load_country", "ty", folder=TINY, dry_run=True, verbosity=0)  # Waits for no one.
    for model in (Area, Office, Service, PackLoad):
        assert not model.objects.exists()

    call_command("load_country", "ty", folder=TINY, verbosity=0)
    assert Area.objects.count() == 5
    assert Office.objects.filter(active=True).count() == 4
    assert PackLoad.objects.get().country == "ty"
