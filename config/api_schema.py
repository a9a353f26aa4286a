"""What each page of the API may answer, told whole: no answer of ours is missing in the schema."""

from http import HTTPStatus
from typing import Any

from drf_spectacular.openapi import AutoSchema
from rest_framework.authentication import SessionAuthentication


class Schema(AutoSchema):
    """Adds to what a page says of itself how the house around it refuses."""

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        told: dict[str, Any] = super()._get_response_bodies(direction)
        for status in self._refusals():
            told.setdefault(str(status.value), {"description": status.phrase})
        return dict(sorted(told.items()))

    def _refusals(self) -> list[HTTPStatus]:
        # A NUL in the query, another language of answers than JSON, and a database that is gone.
        found = [
            HTTPStatus.BAD_REQUEST,
            HTTPStatus.NOT_ACCEPTABLE,
            HTTPStatus.SERVICE_UNAVAILABLE,
        ]
        if "{" in self.path:
            found.append(HTTPStatus.NOT_FOUND)
        if self.method == "POST":
            found += [
                HTTPStatus.LENGTH_REQUIRED,
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            ]
            if SessionAuthentication in self.view.authentication_classes:
                found.append(HTTPStatus.FORBIDDEN)  # Signed in, and without the form's token.
        if self.view.throttle_classes:
            found.append(HTTPStatus.TOO_MANY_REQUESTS)
        return found
