"""The state of a case for machines: state, office and promise, never a person."""

from typing import Any, cast

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, Throttled
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from accounts import sessions
from accounts.operations import BudgetSpent
from applications import operations, queries, story
from applications.models import Application
from applications.states import Status
from kernel import references
from kernel.addresses import address
from kernel.throttling import ForgivingThrottle


class CaseStateSerializer(serializers.Serializer[Any]):
    """What anybody may know who holds the number and the phone."""

    number = serializers.CharField()
    state = serializers.ChoiceField(choices=Status.choices)
    turn = serializers.ChoiceField(choices=[turn.value for turn in story.Turn])
    office = serializers.CharField(allow_blank=True)
    promised_at = serializers.DateTimeField(allow_null=True)


class PhoneSerializer(serializers.Serializer[Any]):
    # As anybody types it: a digit is in it, and nothing that PostgreSQL cannot keep. No class of
    # blanks, since they differ from one language of patterns to the next.
    phone = serializers.RegexField(r"^[^\x00]*[0-9][^\x00]*$", max_length=40)


class CaseState(APIView):
    """State, office and promise of a case."""

    throttle_classes = [ForgivingThrottle]
    throttle_scope = "track"

    def get_throttles(self) -> list[BaseThrottle]:
        # The holder asks for her own case only; a stranger could try numbers.
        return super().get_throttles() if self.request.method == "POST" else []

    @extend_schema(
        responses={200: CaseStateSerializer, 404: OpenApiResponse(description="Not your case")}
    )
    def get(self, request: Request, number: str) -> Response:
        """To the holder, who has proved herself in this session."""
        person_id = sessions.current_person_id(cast("HttpRequest", request))
        clean = references.normalise_case_number(number)
        case = (
            queries.of_holder(clean, holder_id=person_id)
            if clean is not None and person_id is not None
            else None
        )
        return _answer(case)

    @extend_schema(
        request=PhoneSerializer,
        responses={200: CaseStateSerializer, 404: OpenApiResponse(description="No such pair")},
    )
    def post(self, request: Request, number: str) -> Response:
        """To whoever knows the number and the phone of the application."""
        given = PhoneSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            case = operations.find(
                number=number,
                phone=given.validated_data["phone"],
                address=address(cast("HttpRequest", request)),
                at=timezone.now(),
            )
        except BudgetSpent:
            raise Throttled from None
        return _answer(case)


def _answer(case: Application | None) -> Response:
    if case is None:
        raise NotFound
    office = case.deciding_office
    told = {
        "number": case.number,
        "state": case.status,
        "turn": story.turn(case.status).value,
        "office": office.told(get_language() or "en") if office else "",
        "promised_at": case.promised_at,
    }
    return Response(CaseStateSerializer(told).data)
