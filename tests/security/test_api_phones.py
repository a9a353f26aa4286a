"""A phone that the API's schema allows is read, and one that it refuses is refused."""

import re

import pytest
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from tests.applications import world

pytestmark = pytest.mark.django_db
NONE = [
    "",
    " ",
    "   ",
    "\t",
    "\n",
    "\x1c",
    "\x85",
    "\xa0",
    "\u2003",
    "\u200b",
    "\ufeff",
    "+",
    "\x000788",
]
SOME = ["0788 999 999", " 0788999999 ", "+250788999999", "7", "\ufeff0788999999", "0788999999\n"]


@pytest.fixture
def told() -> dict[str, object]:
    """What the schema says of the phone."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    asked = next(
        path["post"] for name, path in schema["paths"].items() if name.startswith("/api/cases/")
    )
    body = asked["requestBody"]["content"]["application/json"]["schema"]
    return schema["components"]["schemas"][body["$ref"].rpartition("/")[2]]["properties"]["phone"]


def test_schema_and_answer_agree_on_every_kind_of_blank(told, uwase, staffed):
    case = world.queued(uwase)
    pattern, most = re.compile(str(told["pattern"])), int(str(told["maxLength"]))
    for typed in [*NONE, *SOME, "7" * 41]:
        allowed = bool(pattern.search(typed)) and len(typed) <= most
        answer = Client().post(
            f"/api/cases/{case.number}/", {"phone": typed}, content_type="application/json"
        )
        assert (typed, answer.status_code) == (typed, 404 if allowed else 400)
        assert allowed == (typed in SOME)
