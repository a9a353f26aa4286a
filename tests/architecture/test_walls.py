"""The house rules that import-linter cannot see."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection

from kernel.events import Event
from kernel.lifecycle import Lifecycle
from tests.architecture.house import FLOORS, ROOMS, ROOT, floor, sources
from workers.routes import ROUTES

OUR_MODELS = [model for model in apps.get_models() if model._meta.app_label in ROOMS]
# Tests make events and lifecycles of their own.
OUR_EVENTS = {e for e in Event.known.values() if e.__module__.split(".")[0] in ROOMS}
OUR_LIFECYCLES = {
    name: lifecycle for name, lifecycle in Lifecycle.known.items() if name.split(".")[0] in ROOMS
}


def test_every_room_stands_on_a_floor() -> None:
    installed = {app.name for app in apps.get_app_configs() if (ROOT / app.name).is_dir()}
    assert installed <= set(ROOMS)


@pytest.mark.parametrize("model", OUR_MODELS, ids=lambda model: model._meta.label)
def test_foreign_keys_point_down(model) -> None:
    here = model._meta.app_label
    for field in model._meta.concrete_fields:
        there = field.related_model._meta.app_label if field.is_relation else here
        if there != here and there in ROOMS:
            assert floor(there) > floor(here), f"{field} points up or sideways, to {there}"


def test_every_event_has_a_place_in_the_story() -> None:
    assert set(ROUTES) == OUR_EVENTS


@pytest.mark.parametrize("name", OUR_LIFECYCLES)
@pytest.mark.django_db
def test_the_database_holds_the_edges_of_the_code(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT source, target FROM kernel_lifecycle_edge WHERE lifecycle = %s", [name]
        )
        assert set(cursor.fetchall()) == {
            (str(source), str(target)) for source, target in OUR_LIFECYCLES[name].edges()
        }


@pytest.mark.django_db
def test_every_lifecycle_is_kept_by_a_trigger_whose_column_knows_every_status() -> None:
    models = {model._meta.db_table: model for model in OUR_MODELS}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, encode(t.tgargs, 'escape') FROM pg_trigger t"
            " JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid"
            " WHERE p.proname = 'kernel_guard_status' AND NOT c.relispartition"
        )
        guards = [(table, *args.split("\\000")[:2]) for table, args in cursor.fetchall()]
    for table, lifecycle, column in guards:
        field = next(f for f in models[table]._meta.concrete_fields if f.column == column)
        statuses = {str(value) for value, _ in field.flatchoices}
        assert statuses == {str(state) for state in OUR_LIFECYCLES[lifecycle].states()}, table
    assert {lifecycle for _, lifecycle, _ in guards} == set(OUR_LIFECYCLES)


@pytest.mark.django_db
def test_every_event_that_sql_writes_exists() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname, prosrc FROM pg_proc"
            " WHERE pronamespace = 'public'::regnamespace AND prosrc LIKE '%kernel_event%'"
        )
        texts = dict(cursor.fetchall())
    texts |= {str(file): file.read_text() for file in sources(".sql", ".py")}
    known = {event.name for event in OUR_EVENTS}
    rooms = "|".join(ROOMS)
    for where, text in texts.items():
        if "kernel_event" in text:
            written = set(re.findall(rf"'((?:{rooms})\.[a-z_]+\.[a-z_]+)'", text))
            assert written <= known, where


@pytest.mark.django_db
def test_append_only_is_said_by_trigger_and_by_rights() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT c.relname FROM pg_trigger t"
            " JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid"
            " WHERE p.proname = 'kernel_append_only'"
            " AND (has_table_privilege('guichet_app', c.oid, 'UPDATE')"
            "      OR has_table_privilege('guichet_app', c.oid, 'DELETE')"
            "      OR has_table_privilege('guichet_app', c.oid, 'TRUNCATE'))"
        )
        assert cursor.fetchall() == []


@pytest.mark.django_db
def test_the_application_owns_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE pg_get_userbyid(relowner) = 'guichet_app'"
        )
        assert cursor.fetchall() == []


@pytest.mark.django_db
def test_no_trigger_of_ours_reads_a_table_that_a_session_made() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.proname, coalesce('search_path=pg_catalog, public, pg_temp'"
            " = ANY (p.proconfig), false)"
            " FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang"
            " WHERE p.pronamespace = 'public'::regnamespace AND p.prokind = 'f'"
            " AND l.lanname IN ('plpgsql', 'sql')"
            " AND pg_get_userbyid(p.proowner) = 'guichet_owner'"
            " AND EXISTS (SELECT FROM pg_trigger t WHERE t.tgfoid = p.oid)"
            " AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass"
            "                 AND d.objid = p.oid AND d.deptype = 'e')"
        )
        is_pinned = dict(cursor.fetchall())
    assert is_pinned
    assert {name for name, pinned in is_pinned.items() if not pinned} == set()


def imported(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    names = [
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    ]
    names += [
        node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module is not None
    ]
    return {name.split(".")[0] for name in names}


def test_nothing_imports_the_sandbox_and_it_imports_nothing_of_ours() -> None:
    for file in sources(".py"):
        assert "sandbox" not in imported(file), file
    for file in (ROOT / "sandbox").rglob("*.py"):
        assert not imported(file) & {*ROOMS, "django"}, file


def spoken(file: Path) -> Iterator[str]:
    """What a file says to the machine: a docstring and a comment may give an example."""
    text = file.read_text(encoding="utf-8")
    if file.suffix != ".py":
        yield from text.splitlines()
        return
    tree = ast.parse(text)
    said_aside = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in said_aside
        ):
            yield node.value


def test_no_code_names_a_country() -> None:
    named = re.compile(r"\brwanda\b|kigali|burundi|kenya|irembo", re.IGNORECASE)
    naming = {
        f"{file.relative_to(ROOT)}: {line.strip()}"
        for file in sources(".py", ".sql", ".html", ".txt", ".js", ".css")
        for line in spoken(file)
        if named.search(line)
    }
    assert naming == set()


def test_the_wall_between_requests_and_the_world_is_not_a_transaction() -> None:
    assert settings.ATOMIC_REQUESTS is False
    assert not settings.DATABASES["default"].get("ATOMIC_REQUESTS")


def test_floors_are_those_of_import_linter() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    layers = re.search(r'name = "Floors[^\[]*layers = \[(.*?)\]', text, re.DOTALL)
    assert layers is not None
    floors = [set(re.split(r" [|:] ", line)) for line in re.findall(r'"(.*?)"', layers.group(1))]
    assert floors == FLOORS


@pytest.mark.django_db
def test_every_life_has_a_history_that_nobody_edits() -> None:
    own = {
        "applications.case": "applications_statuschange",
        "documents.paper": "documents_paperchange",
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT split_part(encode(t.tgargs, 'escape'), '\\000', 1) FROM pg_trigger t"
            " JOIN pg_proc p ON p.oid = t.tgfoid WHERE p.proname = 'kernel_keep_history'"
        )
        kept = {row[0] for row in cursor.fetchall()}
        cursor.execute(
            "SELECT DISTINCT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " JOIN pg_proc p ON p.oid = t.tgfoid WHERE p.proname = 'kernel_append_only'"
        )
        append_only = {row[0] for row in cursor.fetchall()}
    assert kept | set(own) == set(OUR_LIFECYCLES)
    assert set(own.values()) | {"kernel_status_history"} <= append_only
