"""The form of a service for machines: its schema, and whether answers would be taken."""

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalogue import judging, queries, schema
from catalogue.queries import ServiceVersionView
from catalogue.words import FALLBACK
from kernel.country import country
from kernel.throttling import ForgivingThrottle

SCHEMA_TYPE = "application/schema+json"


class MistakeSerializer(serializers.Serializer[Any]):
    """One answer that is not taken: the page that asks for it, its field, and why."""

    group = serializers.CharField(allow_blank=True)
    field = serializers.CharField(allow_blank=True)
    message = serializers.CharField()


class JudgementSerializer(serializers.Serializer[Any]):
    """Whether the form takes the answers, under which version, and what speaks against it."""

    version = serializers.IntegerField()
    taken = serializers.BooleanField()
    mistakes = MistakeSerializer(many=True)


class FormSchema(APIView):
    """The form of the version in force as JSON Schema 2020-12, in the asked language."""

    @extend_schema(
        responses={
            (200, SCHEMA_TYPE): OpenApiTypes.OBJECT,
            404: OpenApiResponse(description="No such form"),
        }
    )
    def get(self, request: Request, code: str) -> Response:
        """The answers of a case, as they are kept."""
        version = _version(code)
        made = schema.of_version(
            version.definition, number=version.number, language=_language(), today=_today()
        )
        return Response(made, content_type=SCHEMA_TYPE)


class Answers(APIView):
    """Would these answers be taken? Nothing is kept."""

    throttle_classes = [ForgivingThrottle]
    throttle_scope = "inquiry"

    @extend_schema(
        request=OpenApiTypes.OBJECT,
        responses={
            200: JudgementSerializer,
            404: OpenApiResponse(description="No such form"),
            422: JudgementSerializer,
        },
    )
    def post(self, request: Request, code: str) -> Response:
        """Judge the answers by the rules of the page."""
        version = _version(code)
        found = judging.mistakes(version.definition, request.data, _language(), today=_today())
        judged = {"version": version.number, "taken": not found, "mistakes": found}
        return Response(JudgementSerializer(judged).data, status=422 if found else 200)


def _version(code: str) -> ServiceVersionView:
    try:
        version = queries.current(code)
    except queries.NoService:
        raise NotFound from None
    if not version.definition.form:
        raise NotFound
    return version


def _language() -> str:
    return get_language() or FALLBACK


def _today() -> date:
    return timezone.localdate(timezone=country().zone)
