"""What a stranger may type into the public pages and send to the machines' face of them."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db

ANSWERS_TO = "/api/services/boat-licence/answers/"
TYPED = [
    "a" * 4_000,
    "👩🏽‍🍼 birth 🧾",
    "شهادة ميلاد",
    "\u202ebirth\u202c",
    "' & | ! <-> :* birth'",
    "birth') OR 1=1; --",
    "%%% ___ \\\\",
    "ﷺ" * 100,
    "İıßœ" * 30,
    "a:1 !b \\' ''",
    "½ ² ٣ Ⅷ",
]


@pytest.mark.parametrize("typed", TYPED, ids=range(len(TYPED)))
def test_whatever_is_typed_a_page_answers(tiny, client: Client, typed) -> None:
    for page, key in (("/search/", "q"), ("/offices/", "q"), ("/offices/", "after")):
        assert client.get(page, {key: typed}).status_code == 200
    assert client.get("/offices/", {"area": typed}).status_code == 404


def test_a_question_longer_than_any_of_ours_is_not_read(tiny, client: Client) -> None:
    for page in ("/search/", "/offices/", "/"):
        assert client.get(page, {"q": "a" * 10_000}).status_code == 414


def test_what_no_database_keeps_is_refused_at_the_door(tiny, client: Client) -> None:
    for page in ("/search/", "/offices/"):
        assert client.get(page, {"q": "\x00birth"}).status_code == 400


@pytest.mark.parametrize("raw", ["%ff%fe", "%ed%a0%80", "%c0%80", "%f4%90%80%80"])
def test_what_is_no_utf_8_is_read_as_well_as_may_be(tiny, client: Client, raw) -> None:
    for page in (f"/search/?q={raw}", f"/offices/?q={raw}", f"/offices/?after={raw}"):
        assert client.get(page).status_code == 200
    assert client.get(f"/services/{raw}/").status_code == 404


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ('{"\\ud800": 1}', 400),
        ('{"name": "\\udfff"}', 400),
        ('{"name": ["\\ud800"]}', 400),
        ('{"\\u0000": "\\u0000"}', 400),
        ('{"name": 1e400}', 422),
        ('{"name": NaN}', 400),
        ("[]", 422),
        ('"text"', 422),
        ("null", 422),
        ("[" * 100_000, 400),
        ("9" * 5_000, 400),
        ("", 422),
    ],
)
def test_answers_that_nobody_could_give_are_refused_and_break_nothing(tiny, sent, status) -> None:
    answer = Client().post(ANSWERS_TO, sent, content_type="application/json")
    assert answer.status_code == status, answer.content
