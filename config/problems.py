"""Errors of the API as problem details (RFC 9457), without a word about a person."""

import sys
from http import HTTPStatus
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.views import defaults
from rest_framework.response import Response
from rest_framework.views import exception_handler

from kernel.files import FileChanged, FileMissing, StorageUnavailable

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 5

SCHEMA = {
    "type": "object",
    "description": "What went wrong (RFC 9457).",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "example": "about:blank"},
        "title": {"type": "string", "description": "The words of the status."},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "instance": {"type": "string", "description": "Ends in the reference of our log."},
        "errors": {"description": "What is wrong with each field that was sent."},
    },
}


def handle(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Turn what Django REST framework would answer into `application/problem+json`."""
    response = exception_handler(exc, context)
    if response is None:
        return None
    detail = response.data
    problem = _problem(response.status_code)
    if isinstance(detail, dict) and set(detail) == {"detail"}:
        problem["detail"] = str(detail["detail"])
    else:
        problem["errors"] = detail
    response.data = problem
    response.content_type = MEDIA_TYPE
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return to_machine(request, 400) or _page(request, "400.html", 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return to_machine(request, 403) or defaults.permission_denied(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return to_machine(request, 404) or defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """
    Answer 500, or 503 with Retry-After where the database or the store of files is what failed.

    Who asked for a file that the store has lost is told that what it proves is not lost.

    Here and not in a middleware: a middleware never sees what another one raises, and those that
    read the session or the account are the first to miss the database.
    """
    # Django calls this while it handles the exception, and does not hand it over.
    trouble = sys.exc_info()[1]
    if isinstance(trouble, (OperationalError, InterfaceError, StorageUnavailable)):
        response = to_machine(request, 503) or _page(request, "503.html", 503)
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
        return response
    name = "file_lost.html" if isinstance(trouble, FileMissing | FileChanged) else "500.html"
    return to_machine(request, 500) or _page(request, name, 500)


def _page(request: HttpRequest, name: str, status: int) -> HttpResponse:
    """Answer without asking anything of what may just have broken; the log knows the reference."""
    return HttpResponse(
        loader.render_to_string(name, {"reference": reference(request)}), status=status
    )


def reference(request: HttpRequest) -> str:
    """Return the id under which the log tells of this request, "" where it got none."""
    return str(getattr(request, "request_id", ""))


def to_machine(request: HttpRequest, status: int) -> HttpResponse | None:
    """Return the problem where a machine asked, None where a person did."""
    if not request.path_info.startswith("/api/"):
        return None
    problem = _problem(status)
    if status >= 500 and (of := reference(request)):
        problem["instance"] = f"urn:guichet:request:{of}"
    return JsonResponse(problem, status=status, content_type=MEDIA_TYPE)


def _problem(status: int) -> dict[str, Any]:
    return {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}


def describe(result: dict[str, Any], **_more: object) -> dict[str, Any]:
    """Say in the OpenAPI schema that whatever is not a success is a problem."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = SCHEMA
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for operations in result.get("paths", {}).values():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                if status >= "400":
                    # Beside what a page of the API answers by itself: a verdict that nobody knows.
                    response.setdefault("content", {}).update(content)
    return result
