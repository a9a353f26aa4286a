"""The same answer as the page gives, for machines that check papers."""

from collections.abc import Callable

from django.db import DatabaseError
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from documents import verdicts
from documents.verdicts import Integrity, Issuer, Outcome, Verdict
from kernel.throttling import ForgivingThrottle


class PaperSerializer(serializers.Serializer[verdicts.PublicPaper]):
    number = serializers.CharField()
    paper_type = serializers.CharField()
    titles = serializers.DictField(child=serializers.CharField())
    issued_at = serializers.DateTimeField()
    office = serializers.DictField(child=serializers.CharField())
    signed_by_officer = serializers.BooleanField()
    initials = serializers.ListField(child=serializers.CharField())


class VerdictSerializer(serializers.Serializer[Verdict]):
    outcome = serializers.ChoiceField(choices=[each.value for each in Outcome])
    integrity = serializers.ChoiceField(choices=[each.value for each in Integrity])
    issuer = serializers.ChoiceField(choices=[each.value for each in Issuer])
    paper = PaperSerializer(allow_null=True)


class HashSerializer(serializers.Serializer[dict[str, str]]):
    sha256 = serializers.RegexField(
        r"^[0-9a-fA-F]{64}$", help_text="SHA-256 of the file, as hexadecimal digits."
    )


ANSWERS = {200: VerdictSerializer, 503: VerdictSerializer}


class PaperVerdict(APIView):
    """Is the paper with this verification code genuine and current?"""

    throttle_classes = [ForgivingThrottle]
    throttle_scope = "verification"

    @extend_schema(responses=ANSWERS)
    def get(self, request: Request, verification_id: str) -> Response:
        """Judge by the code alone: whether the file was changed stays open."""
        return _answer(lambda: verdicts.by_code(verification_id))

    @extend_schema(request=HashSerializer, responses=ANSWERS)
    def post(self, request: Request, verification_id: str) -> Response:
        """Judge by the code and the hash of the file: the file itself stays with the asker."""
        given = HashSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        sha256 = given.validated_data["sha256"]
        return _answer(
            lambda: verdicts.by_code_and_hash(verification_id=verification_id, sha256=sha256)
        )


def _answer(judge: Callable[[], Verdict]) -> Response:
    """As the page does: where we cannot know, 503 says so, and nothing about the paper."""
    try:
        verdict = judge()
    except DatabaseError as error:
        verdict = verdicts.unanswered(error)
    status = 503 if verdict.outcome == Outcome.COULD_NOT_CHECK else 200
    return Response(VerdictSerializer(verdict).data, status=status)
