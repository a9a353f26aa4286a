"""Whether this process lives, and whether it can serve: two questions, and no detail in either."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cache

import structlog
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.problems import RETRY_AFTER_SECONDS
from workers import watching

log = structlog.get_logger()

# A relay that is this late is no reason to restart the site, and one to send nobody new to it.
RELAY_OLDEST = timedelta(minutes=5)


class NoDatabase(APIException):
    status_code = 503
    default_detail = "The database does not answer."
    wait = RETRY_AFTER_SECONDS


class NotReady(APIException):
    status_code = 503
    default_detail = "Not ready."
    wait = RETRY_AFTER_SECONDS


class Health(APIView):
    authentication_classes = ()

    @extend_schema(
        responses={
            200: inline_serializer("Health", {"status": serializers.ChoiceField(["ok"])}),
            503: OpenApiResponse(description="The database does not answer."),
        }
    )
    def get(self, request: Request) -> Response:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except DatabaseError as error:
            raise NoDatabase from error
        return Response({"status": "ok"})


class Ready(APIView):
    """Which part is missing stands in the log and on the operators' board, not in the answer."""

    authentication_classes = ()

    @extend_schema(
        responses={
            200: inline_serializer("Ready", {"status": serializers.ChoiceField(["ready"])}),
            503: OpenApiResponse(description="It cannot serve now, or not as it should."),
        }
    )
    def get(self, request: Request) -> Response:
        now = timezone.now()  # noqa: TID251 - This is the edge.
        missing = [name for name, holds in CHECKS.items() if not _holds(holds, now)]
        if missing:
            log.warning("ready.missing", missing=missing)
            raise NotReady
        return Response({"status": "ready"})


def _holds(check: Callable[[datetime], bool], now: datetime) -> bool:
    try:
        return check(now)
    except DatabaseError:
        return False


@cache
def _migrated_once() -> bool:
    """Say whether every migration is applied: what has been does not come undone under a server."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise NotMigrated
    return True


class NotMigrated(DatabaseError):
    """A migration of this release has not been applied: what it expects may be missing."""


def _database(now: datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return True


def _migrated(now: datetime) -> bool:
    return _migrated_once()


def _relay(now: datetime) -> bool:
    oldest_at = watching.relay(now).oldest_at
    return oldest_at is None or oldest_at > now - RELAY_OLDEST


def _broker(now: datetime) -> bool:
    return bool(watching.depths())


CHECKS: Mapping[str, Callable[[datetime], bool]] = {
    "database": _database,
    "migrations": _migrated,
    "broker": _broker,
    "relay": _relay,
}
