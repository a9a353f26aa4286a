"""One database a pytest worker, cloned from one that was migrated as owner; tests connect as the
application. `config/stack/testing.py` starts the servers."""

import functools
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, connections
from django.test import TransactionTestCase
from django.utils import translation
from hypothesis import HealthCheck, settings
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from pytest_django import DjangoDbBlocker
from whitenoise.middleware import WhiteNoiseMiddleware

from config.stack import throwaway

KEEP_SQL = Path(__file__).with_name("keep.sql")

# How long an example takes depends on who else uses the machine, and says nothing about it.
settings.register_profile("guichet", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("guichet")


def _superuser(database: str) -> psycopg.Connection:
    parts = {**conninfo_to_dict(os.environ["GUICHET_TEST_SUPERUSER"]), "dbname": database}
    return psycopg.connect(**parts, autocommit=True)


def _test_database() -> str:
    return os.environ["DATABASE_URL"].rsplit("/", 1)[1]


def _migrate_template() -> None:
    """Migrate as the owner, in this process: a second one would cost its start once more."""
    owner = conninfo_to_dict(os.environ["OWNER_DATABASE_URL"])
    usual = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(
        NAME=throwaway.TEMPLATE, USER=owner["user"], PASSWORD=owner["password"]
    )
    try:
        call_command("migrate", verbosity=0, interactive=False)
    finally:
        connection.close()
        connection.settings_dict.update(usual)
    with _superuser(throwaway.TEMPLATE) as template:
        template.execute(KEEP_SQL.read_bytes())


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> None:
    """Instead of pytest-django's: the first worker migrates the template, each one clones it."""
    with _superuser("postgres") as cluster, django_db_blocker.unblock():
        cluster.execute("SELECT pg_advisory_lock(1)")
        ready = cluster.execute(
            "SELECT datistemplate FROM pg_database WHERE datname = %s", [throwaway.TEMPLATE]
        ).fetchone()
        template = sql.Identifier(throwaway.TEMPLATE)
        if ready != (True,):
            _migrate_template()
            cluster.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE true").format(template))
        name = sql.Identifier(_test_database())
        cluster.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER guichet_owner STRATEGY file_copy").format(
                name, template
            )
        )
        # As config/stack/roles.sql does: a clone begins with everybody's rights.
        cluster.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
        cluster.execute(
            sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO guichet_application").format(name)
        )


def _bring_back(_case: TransactionTestCase) -> None:
    """Django's flush stumbles over append-only triggers and forgets what migrations seeded."""
    for used in connections.all(initialized_only=True):
        if not used.in_atomic_block:
            used.close()
    try:
        _cleaner().execute("SELECT kept.restore()")
    except psycopg.OperationalError:
        if not _cleaner().closed:
            raise
        # The test had ended every session, and this one with them.
        _cleaner.cache_clear()
        _cleaner().execute("SELECT kept.restore()")


@functools.cache
def _cleaner() -> psycopg.Connection:
    """One session for all tests: a fresh one plans some two hundred statements anew."""
    cleaner = _superuser(_test_database())
    cleaner.execute("SET lock_timeout = '60s'")
    cleaner.execute("SET session_replication_role = replica")
    return cleaner


@pytest.fixture(scope="session", autouse=True)
def _clean_up_as_superuser() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", _bring_back)
        yield
    if _cleaner.cache_info().currsize:
        _cleaner().close()


@pytest.fixture(scope="session", autouse=True)
def _no_work_that_proves_nothing() -> Iterator[None]:
    """Passwords are hashed by the same algorithm at its least cost, and what stands in the static
    folders is looked up once instead of for every client that a test makes."""
    found: dict[str, object] = {}
    look_up = WhiteNoiseMiddleware.add_files_from_finders

    def add_files_once(middleware: WhiteNoiseMiddleware) -> None:
        if not found:
            look_up(middleware)
            found.update(middleware.files)
        middleware.files.update(found)

    with pytest.MonkeyPatch.context() as patch:
        for cost, least in {"time_cost": 1, "memory_cost": 8, "parallelism": 1}.items():
            patch.setattr(Argon2PasswordHasher, cost, least)
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", add_files_once)
        yield


@pytest.fixture(autouse=True)
def _as_if_first() -> None:
    """No throttle counts what the tests before asked for, and none of them left its language."""
    # A page that an earlier test asked for in French leaves its language to this thread.
    translation.deactivate()
    cache.clear()


@pytest.fixture
def as_owner(db: None) -> Iterator[psycopg.Connection]:
    """The throwaway cluster's superuser on this worker's database, committing at once.

    It sees only what is committed: for tests marked `django_db(transaction=True)`.
    """
    with _superuser(_test_database()) as connected:
        yield connected


@pytest.fixture
def as_application(db: None) -> Iterator[psycopg.Connection]:
    """A second session of the application's login, outside Django and without autocommit."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as connected:
        yield connected
        connected.rollback()


@pytest.fixture
def commits(db: None) -> Callable[[], None]:
    """`commits()` lets deferred triggers and constraints speak, as a commit would."""

    def run() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")

    return run
