"""The last migration of an app goes back and forth, and leaves the database as it was."""

import os
from collections.abc import Iterator

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from pytest_django import DjangoDbBlocker

from config.stack import throwaway

NAME = os.environ.get("DATABASE_URL", "").rpartition("/")[2] + "_back"
APPS = ("kernel", "places", "accounts", "catalogue", "registers", "documents", "notifications")
# Of everything that a migration makes: what it is, and what it says.
SHAPE = """
    SELECT 'column', c.relname || '.' || a.attname,
        format_type(a.atttypid, a.atttypmod) || a.attnotnull
            || coalesce(pg_get_expr(d.adbin, d.adrelid), '') || coalesce(a.attacl::text, '')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'v', 'p')
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'rights', relname, (SELECT string_agg(one::text, ' ' ORDER BY one::text)
                               FROM unnest(relacl) AS one)
    FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'S', 'p')
    UNION ALL
    SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL
    SELECT 'constraint', conname, conrelid::regclass || ': ' || pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'trigger', tgrelid::regclass || '.' || tgname, pg_get_triggerdef(oid)
    FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL
    SELECT 'function', p.oid::regprocedure::text, pg_get_functiondef(p.oid)
    FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prokind = 'f'
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
"""


@pytest.fixture(scope="module")
def database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A clone of the migrated database, with its owner at it."""
    cluster_of = {**conninfo_to_dict(os.environ["GUICHET_TEST_SUPERUSER"]), "dbname": "postgres"}
    owner = conninfo_to_dict(os.environ["OWNER_DATABASE_URL"])
    usual = dict(connection.settings_dict)
    name, template = sql.Identifier(NAME), sql.Identifier(throwaway.TEMPLATE)
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name)
    with psycopg.connect(**cluster_of, autocommit=True) as cluster, django_db_blocker.unblock():
        cluster.execute(drop)
        made = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER guichet_owner STRATEGY file_copy")
        cluster.execute(made.format(name, template))
        connection.close()
        connection.settings_dict.update(NAME=NAME, USER=owner["user"], PASSWORD=owner["password"])
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict.update(usual)
            cluster.execute(drop)


def shape() -> dict[tuple[str, str], str]:
    with connection.cursor() as cursor:
        cursor.execute(SHAPE)
        return {(kind, name): said for kind, name, said in cursor.fetchall()}


def last_two(app: str) -> tuple[str, str]:
    """Return the names of an app's last migration and of the one before it."""
    graph = MigrationExecutor(connection).loader.graph
    (last,) = graph.leaf_nodes(app)
    (before,) = [one.key for one in graph.node_map[last].parents if one.key[0] == app]
    return last[1], before[1]


@pytest.mark.slow
@pytest.mark.parametrize("app", APPS)
def test_the_last_step_of_an_app_can_be_taken_back_and_again(database, app):
    before = shape()
    assert len(before) > 1000
    last, earlier = last_two(app)
    call_command("migrate", app, earlier, verbosity=0, interactive=False)
    assert last_two(app)[0] == last
    call_command("migrate", verbosity=0, interactive=False)
    after = shape()
    differing = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    assert differing == set()
