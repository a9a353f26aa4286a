"""What a machine may ask about a reference: service and amount, never a name."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kernel.money import to_decimal_text
from kernel.throttling import ForgivingThrottle
from payments import queries

REFERENCE_CHARS_MAX = 60
REASONS = ("", "already_paid", "expired", "cancelled", "replaced")


class PayableSerializer(serializers.Serializer[queries.Payable]):
    """A reference that exists; `reason` says why it cannot be paid now."""

    reference = serializers.CharField(help_text=_("The 12 digits."))
    payable = serializers.BooleanField(source="is_payable")
    reason = serializers.ChoiceField(choices=REASONS)
    amount = serializers.SerializerMethodField(
        help_text=_("What is still due, as decimal text in units of the currency.")
    )
    currency = serializers.CharField(help_text=_("ISO 4217."))
    service = serializers.DictField(
        child=serializers.CharField(),
        source="description",
        help_text=_("The service, by language."),
    )

    def get_amount(self, payable: queries.Payable) -> str:
        due_minor = payable.due_minor if payable.is_payable else 0
        return to_decimal_text(due_minor, payable.currency)


class Inquiry(APIView):
    """Say whether a payment reference can be paid now, for which service and how much."""

    authentication_classes: tuple[Any, ...] = ()
    throttle_classes = (ForgivingThrottle,)
    throttle_scope = "inquiry"

    @extend_schema(operation_id="bill_inquiry", responses=PayableSerializer)
    def get(self, request: Request, reference: str) -> Response:
        payable = queries.payable(reference[:REFERENCE_CHARS_MAX], at=timezone.now())
        if payable.description is None:
            # Whether it was never a reference or is nobody's is the same to a stranger.
            raise Http404
        return Response(PayableSerializer(payable).data)
