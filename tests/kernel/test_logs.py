"""Nothing about a person goes into a log, not even through an error."""

import io
import json
import logging

import pytest
from django.db import DatabaseError, transaction
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import resolve
from django.utils.log import log_response

from kernel import logs
from kernel.logs import NamelessFormatter
from kernel.models import StoredFile
from tests.world import NOON


@pytest.fixture
def log():
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(NamelessFormatter())
    logger = logging.getLogger("tests.logs")
    logger.addHandler(handler)
    logger.propagate = False
    yield logger, stream
    logger.removeHandler(handler)


@pytest.mark.django_db
def test_a_broken_rule_is_logged_by_its_name_and_without_the_row(log):
    logger, stream = log
    try:
        with transaction.atomic():
            StoredFile.objects.create(
                sha256="Nyirahabimana", size_bytes=1, media_type="x", stored_at=NOON
            )
    except DatabaseError:
        logger.exception("kept out")

    told = stream.getvalue()
    assert "file_named_by_its_hash" in told
    assert "IntegrityError" in told
    assert "test_logs.py" in told
    assert "Nyirahabimana" not in told


def test_the_words_of_any_error_stay_out(log):
    logger, stream = log
    phone = "+250788" + "000101"
    try:
        int(f"call {phone}")
    except ValueError:
        logger.exception("kept out")

    assert "ValueError" in stream.getvalue()
    assert phone not in stream.getvalue()


@pytest.mark.parametrize("code", ["7QK3M0ZB94TVX2HD", "7QK3\u00e9M0ZB94TVX2HD"])
def test_an_address_stays_out_and_its_route_is_told(log, code):
    logger, stream = log
    request = RequestFactory().get(f"/V/{code}")

    # Before its route is found, and after.
    for found in (None, resolve("/V/x")):
        request.resolver_match = found
        answer = HttpResponse(status=503)
        log_response("%s: %s", "Unavailable", request.path, response=answer, request=request,
                     logger=logger)  # fmt: skip

    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line["event"] for line in lines] == [
        "Unavailable: (an address)",
        "Unavailable: /V/<str:typed>",
    ]
    assert "M0ZB94TVX2HD" not in stream.getvalue()


def test_a_line_says_what_it_is_about_until_that_is_over(log):
    logger, stream = log
    with logs.about(request_id="0" * 32, case_id=17, nothing=None):
        logger.warning("inside %s", 1)
    logger.warning("outside")

    inside, outside = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert (inside["event"], inside["case_id"], inside["level"]) == ("inside 1", 17, "warning")
    assert inside["request_id"] == "0" * 32
    assert "nothing" not in inside
    assert not {"request_id", "case_id"} & outside.keys()


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("0123456789abcdef0123456789abcdef", True),
        ("01234567-89AB-CDEF-0123-456789ABCDEF", True),
        ("", False),
        ("+250788000101", False),
        ("1199070000001042", False),
        ("0123456789abcdef0123456789abcdef\nforged", False),
        ("é" * 32, False),
    ],
)
def test_a_proxys_id_is_taken_where_it_can_name_nobody(said, kept):
    found = logs.request_id_of(said)
    assert len(found) == 32
    assert (found == "0123456789abcdef0123456789abcdef") is kept
