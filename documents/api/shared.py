"""An agency reads what a paper says, with its holder's consent: the token goes in a header."""

from typing import Any

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from documents import operations
from documents.api.serializers import SharedSerializer
from documents.api.views import NO_STORE
from kernel.throttling import ForgivingThrottle

_WORDS = 2


class ConsentToken(BaseAuthentication):
    """`Authorization: Bearer <token>` (RFC 6750, 2.1); what it opens is found by the operation."""

    def authenticate(self, request: Request) -> tuple[None, str] | None:
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != b"bearer":
            return None
        try:
            return None, words[1].decode("ascii") if len(words) == _WORDS else ""
        except UnicodeDecodeError:
            return None, ""

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class ConsentTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = ConsentToken
    name = "consent"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "The token that the holder was shown when she agreed.",
        }


class SharedPaper(APIView):
    """A paper that its holder lets you read."""

    authentication_classes = [ConsentToken]
    throttle_classes = [ForgivingThrottle]
    throttle_scope = "verification"

    @extend_schema(
        operation_id="paper_shared",
        responses={
            200: SharedSerializer,
            401: OpenApiResponse(description="No token, or none that the holder lets read it now"),
        },
    )
    def get(self, request: Request) -> Response:
        """Read what the paper says. She sees that you did, and when."""
        if request.auth is None:
            raise NotAuthenticated
        try:
            shared = operations.read_shared(str(request.auth), at=timezone.now())
        except operations.NoConsent:
            # Never given, taken back or over: a stranger learns no difference.
            raise AuthenticationFailed from None
        return Response(SharedSerializer(shared).data, headers=NO_STORE)
