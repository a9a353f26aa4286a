"""The tables are made by SQL: Django's picture of them must be the same."""

import pytest
from django.apps import apps
from django.db import connection

from kernel.lifecycle import Lifecycle

MODELS = list(apps.get_app_config("payments").get_models())


@pytest.mark.django_db
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_model_and_its_table_agree(model):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname, NOT attnotnull FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
            [model._meta.db_table],
        )
        columns = dict(cursor.fetchall())
    fields = {field.column: field.null for field in model._meta.concrete_fields if field.column}

    # The transaction's id has no type in Django and is no business of Python's.
    columns.pop("txid", None)
    assert fields == columns


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["payments.bill", "payments.attempt", "payments.refund"])
def test_the_lifecycle_in_code_and_in_the_database_are_one(name):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT source, target FROM kernel_lifecycle_edge WHERE lifecycle = %s", [name]
        )
        stored = set(cursor.fetchall())

    assert stored == {(str(a), str(b)) for a, b in Lifecycle.known[name].edges()}
