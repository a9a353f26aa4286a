"""A body that is too large is refused before it is read."""

import pytest
from django.http import HttpResponse

from config.limits import BODY_BYTES_MAX, BodyLimit


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
