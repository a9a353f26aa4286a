"""The same answer as the page gives, for machines that check papers."""

from collections.abc import Callable
from datetime import datetime
from math import ceil
from typing import IO, Any, cast

from django.http import HttpRequest
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import Throttled
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.operations import BudgetSpent, budgets
from documents import operations, verdicts
from documents.api.serializers import HashSerializer, VerdictSerializer
from documents.limits import AGAIN_SECONDS, FILES
from documents.models import LookKind
from documents.verdicts import Outcome, Verdict
from kernel.addresses import address
from kernel.throttling import ForgivingThrottle

# It holds what stands on the paper, and is true now: nobody on the way may keep it.
NO_STORE = {"Cache-Control": "no-store"}
ANSWERS = {200: VerdictSerializer, 503: VerdictSerializer}


class PaperVerdict(APIView):
    """Is the paper with this verification code genuine and current?"""

    throttle_classes = [ForgivingThrottle]
    throttle_scope = "verification"

    @extend_schema(responses=ANSWERS)
    def get(self, request: Request, verification_id: str) -> Response:
        """Judge by the code alone: whether the file was changed stays open."""
        now = timezone.now()
        return _answer(lambda: verdicts.by_code(verification_id, at=now), LookKind.API, now)

    @extend_schema(request=HashSerializer, responses=ANSWERS)
    def post(self, request: Request, verification_id: str) -> Response:
        """Judge by the code and the hash of the file: the file itself stays with the asker."""
        given = HashSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        sha256 = given.validated_data["sha256"]
        now = timezone.now()
        return _answer(
            lambda: verdicts.by_code_and_hash(
                verification_id=verification_id, sha256=sha256, at=now
            ),
            LookKind.API,
            now,
        )


class PdfParser(BaseParser):
    """Takes the body as it is; how much of it may come is refused before (config/limits.py)."""

    media_type = "application/pdf"

    def parse(  # type: ignore[override]  # What is no form has no fields.
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Any = None,
    ) -> bytes:
        data: bytes = stream.read(verdicts.FILE_BYTES_MAX + 1)
        return data


class FileVerdict(APIView):
    """Is this file a paper of ours, exactly as it was issued?"""

    parser_classes = [PdfParser]
    throttle_classes = [ForgivingThrottle]
    throttle_scope = "verification"

    @extend_schema(
        request={"application/pdf": OpenApiTypes.BINARY},
        responses={**ANSWERS, 400: OpenApiResponse(description="No PDF, or larger than 5 MB")},
    )
    def post(self, request: Request) -> Response:
        """Judge by the file, at most 5 MB. It is compared and not kept."""
        # Of an empty body the parser is not even asked.
        data = request.data if isinstance(request.data, bytes) else b""
        now = timezone.now()
        try:
            return _answer(lambda: _by_file(data, request, at=now), LookKind.FILE, now)
        except BudgetSpent as spent:
            raise Throttled(ceil((spent.again_at - now).total_seconds())) from None
        except verdicts.NotAPdf:
            raise serializers.ValidationError("no PDF, or larger than 5 MB") from None


def _by_file(data: bytes, request: Request, *, at: datetime) -> Verdict:
    budgets.spend(FILES, address(cast("HttpRequest", request)), at=at)
    return verdicts.by_file(data, at=at)


def _answer(judge: Callable[[], Verdict], kind: LookKind, at: datetime) -> Response:
    """As the page does: where we cannot know, 503 says so, and nothing about the paper."""
    verdict = verdicts.answer(judge)
    if verdict.outcome == Outcome.COULD_NOT_CHECK:
        headers = {"Retry-After": str(AGAIN_SECONDS), **NO_STORE}
        return Response(VerdictSerializer(verdict).data, status=503, headers=headers)
    response = Response(VerdictSerializer(verdict).data, headers=NO_STORE)
    if verdict.paper_id is not None:
        operations.note_look(paper_id=verdict.paper_id, kind=kind, at=at)
    return response
