"""Whether this process can serve: asked by load balancers and by `make run`."""

from django.db import DatabaseError, connection
from drf_spectacular.utils import OpenApiResponse, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.problems import RETRY_AFTER_SECONDS


class NoDatabase(APIException):
    status_code = 503
    default_detail = "The database does not answer."
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
