"""The two logins, and what tests may count on."""

from collections.abc import Callable

import psycopg
import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.utils import ProgrammingError


@pytest.mark.django_db
def test_the_product_runs_as_the_application_and_not_as_the_owner() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, pg_has_role('guichet_application', 'usage')")
        assert cursor.fetchone() == ("guichet_app", True)


@pytest.mark.django_db
def test_the_application_cannot_make_a_table() -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        connection.cursor() as cursor,
    ):
        cursor.execute("CREATE TABLE mine (id int)")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_a_test_that_commits_leaves_nothing_and_gets_seeded_rows_back(
    turn: int, as_owner: psycopg.Connection
) -> None:
    assert ContentType.objects.filter(app_label="contenttypes").exists()
    assert not ContentType.objects.filter(app_label="left_over").exists()
    as_owner.execute("TRUNCATE django_content_type CASCADE")
    ContentType.objects.create(app_label="left_over", model="thing")
    seen = as_owner.execute("SELECT count(*) FROM django_content_type").fetchone()
    assert seen == (1,)


@pytest.mark.django_db
def test_deferred_rules_speak_when_asked(commits: Callable[[], None]) -> None:
    commits()
