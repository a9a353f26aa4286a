"""
What an agency's own systems may ask: its revenue, its batches and what they pay.

The same right as its pages: a grant of `revenue.view` that names it. Another's does not exist.
"""

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpRequest
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import policies as grants
from accounts import sessions
from kernel.country import country
from kernel.money import to_decimal_text
from payments.models import Remittance
from payments.policies import VIEW_REVENUE
from payments.queries import agency as money
from payments.queries import remittances as queries
from payments.queries.remittances import FeeLine
from payments.states import RemittanceState

_ABSENT = {
    403: OpenApiResponse(description="Nobody is signed in"),
    404: OpenApiResponse(description="There is none, or it is not yours"),
}


class FeeSerializer(serializers.Serializer[Any]):
    """Amounts twice: in minor units, and as decimal text in units of the currency."""

    revenue_code = serializers.CharField()
    names = serializers.DictField(child=serializers.CharField())
    legal_source = serializers.CharField()
    payments = serializers.IntegerField()
    gross_minor = serializers.IntegerField()
    gross = serializers.CharField()
    taken_back_minor = serializers.IntegerField()
    taken_back = serializers.CharField()


class DaySerializer(serializers.Serializer[Any]):
    day = serializers.DateField()
    payments = serializers.IntegerField()
    net_minor = serializers.IntegerField()
    net = serializers.CharField()


class RevenueSerializer(serializers.Serializer[Any]):
    """Of one currency, this month until now."""

    currency = serializers.CharField()
    today_minor = serializers.IntegerField()
    month_minor = serializers.IntegerField()
    by_day = DaySerializer(many=True)
    by_fee = FeeSerializer(many=True)


class BatchSerializer(serializers.Serializer[Any]):
    key = serializers.UUIDField()
    number = serializers.CharField()
    state = serializers.ChoiceField(choices=RemittanceState.choices)
    end_to_end_id = serializers.CharField()
    currency = serializers.CharField()
    amount_minor = serializers.IntegerField()
    amount = serializers.CharField()
    gross_minor = serializers.IntegerField()
    taken_back_minor = serializers.IntegerField()
    charges_minor = serializers.IntegerField()
    cut_off = serializers.DateTimeField()
    approved_at = serializers.DateTimeField()
    confirmed_at = serializers.DateTimeField(allow_null=True)


class BatchWithLinesSerializer(BatchSerializer):
    lines = FeeSerializer(many=True)


class PageSerializer(serializers.Serializer[Any]):
    batches = BatchSerializer(many=True)
    after = serializers.IntegerField(
        allow_null=True, help_text="Ask for the next page with ?after= this."
    )


class AfterSerializer(serializers.Serializer[Any]):
    after = serializers.IntegerField(min_value=1, max_value=2**62, required=False)


class _OfAgency(APIView):
    """Answers only for a beneficiary that the account's own grant names."""

    def require(self, request: Request, code: str, at: datetime) -> None:
        """:raises Http404: if this beneficiary's money is not hers to see, or it is none"""
        account = sessions.current_account(cast("HttpRequest", request))
        if account is None:
            raise NotAuthenticated
        may = grants.may(
            account_id=account.pk,
            act=VIEW_REVENUE.code,
            area_code=None,
            beneficiary_code=code,
            at=at,
        )
        if not may:
            raise Http404


class Revenue(_OfAgency):
    """What a beneficiary was paid today and this month."""

    @extend_schema(
        operation_id="agency_revenue", responses={200: RevenueSerializer(many=True), **_ABSENT}
    )
    def get(self, request: Request, code: str) -> Response:
        now = timezone.now()
        self.require(request, code, now)
        local = now.astimezone(country().zone)
        found = money.revenue(
            beneficiary_code=code,
            today=local.date(),
            month_began_at=local.replace(day=1, hour=0, minute=0, second=0, microsecond=0),
        )
        return Response(RevenueSerializer([_revenue(one) for one in found], many=True).data)


class Remittances(_OfAgency):
    """Its batches, the newest first."""

    @extend_schema(
        operation_id="agency_remittances",
        parameters=[AfterSerializer],
        responses={200: PageSerializer, **_ABSENT},
    )
    def get(self, request: Request, code: str) -> Response:
        self.require(request, code, timezone.now())
        asked = AfterSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        rows, after = queries.batches(
            beneficiary_code=code, before_id=asked.validated_data.get("after")
        )
        page = {"batches": [_batch(one) for one in rows], "after": after}
        return Response(PageSerializer(page).data)


class OneRemittance(_OfAgency):
    """One batch with what it pays, fee by fee."""

    @extend_schema(
        operation_id="agency_remittance", responses={200: BatchWithLinesSerializer, **_ABSENT}
    )
    def get(self, request: Request, code: str, key: UUID) -> Response:
        self.require(request, code, timezone.now())
        try:
            batch = queries.remittance(key, beneficiary_code=code)
        except queries.NoRemittance:
            raise Http404 from None
        if batch.approved_at is None:
            raise Http404
        lines = [_fee(line, batch.currency) for line in queries.lines(batch.pk)]
        return Response(BatchWithLinesSerializer({**_batch(batch), "lines": lines}).data)


def _batch(batch: Remittance) -> dict[str, Any]:
    return {
        "key": batch.key,
        "number": batch.number,
        "state": batch.state,
        "end_to_end_id": batch.end_to_end_id,
        "currency": batch.currency,
        "amount_minor": batch.amount_minor,
        "amount": to_decimal_text(batch.amount_minor, batch.currency),
        "gross_minor": batch.gross_minor,
        "taken_back_minor": batch.taken_back_minor,
        "charges_minor": batch.charges_minor,
        "cut_off": batch.cut_off,
        "approved_at": batch.approved_at,
        "confirmed_at": batch.confirmed_at,
    }


def _revenue(one: money.Revenue) -> dict[str, Any]:
    return {
        "currency": one.currency,
        "today_minor": one.today.net_minor,
        "month_minor": one.month.net_minor,
        "by_day": [
            {
                "day": day,
                "payments": sums.payments,
                "net_minor": sums.net_minor,
                "net": to_decimal_text(sums.net_minor, one.currency),
            }
            for day, sums in one.by_day
        ],
        "by_fee": [_fee(line, one.currency) for line in one.by_fee],
    }


def _fee(line: FeeLine, currency: str) -> dict[str, Any]:
    return {
        "revenue_code": line.revenue_code,
        "names": line.names,
        "legal_source": line.legal_source,
        "payments": line.payments,
        "gross_minor": line.gross_minor,
        "gross": to_decimal_text(line.gross_minor, currency),
        "taken_back_minor": line.taken_back_minor,
        "taken_back": to_decimal_text(line.taken_back_minor, currency),
    }
