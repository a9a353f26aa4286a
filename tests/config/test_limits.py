"""A body that is too large is refused before it is read."""

import pytest
from django.http import HttpResponse

from config.limits import BODY_BYTES_MAX, LARGER, BodyLimit


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"CONTENT_LENGTH": str(BODY_BYTES_MAX)}, 200),
        ({"CONTENT_LENGTH": ""}, 200),
        ({"CONTENT_LENGTH": str(BODY_BYTES_MAX + 1)}, 413),
        ({"CONTENT_LENGTH": "9" * 30}, 413),
        ({"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}, 411),
    ],
)
def test_a_body_without_bounds_goes_no_further(rf, headers, status):
    request = rf.post("/verify/")
    request.META |= headers

    assert BodyLimit(lambda _request: HttpResponse())(request).status_code == status


@pytest.mark.parametrize(
    ("path", "in_words"),
    [
        ("/apply/BC-26-00000000/documents/", True),
        ("/desk/BC-26-00000000/attachments/", True),
        ("/desk/money/statements/upload/", False),
        ("/callbacks/mtn/", False),
    ],
)
def test_a_person_who_sends_too_large_a_file_is_told_in_words(rf, path, in_words):
    request = rf.post(path)
    request.META["CONTENT_LENGTH"] = str(BODY_BYTES_MAX + 1)

    answer = BodyLimit(lambda _request: HttpResponse())(request)

    assert (answer.status_code, b"This file is too large" in answer.content) == (413, in_words)


@pytest.mark.parametrize(
    ("path", "has_session", "status"),
    [
        ("/desk/money/statements/upload/", True, 200),
        ("/desk/money/statements/upload/", False, 413),
        ("/verify/", True, 413),
    ],
)
def test_staff_may_send_a_statement_and_nobody_else_as_much(rf, path, has_session, status):
    request = rf.post(path)
    request.META["CONTENT_LENGTH"] = str(LARGER["/desk/money/statements/upload/"])
    if has_session:
        request.COOKIES["sessionid"] = "hers"

    assert BodyLimit(lambda _request: HttpResponse())(request).status_code == status
