"""Which pages anybody may open: those that the matrix of rights says open to whoever comes."""

import csv
from pathlib import Path

from django.test import Client
from django.urls import NoReverseMatch, reverse

MATRIX = Path(__file__).parents[1] / "security" / "matrix.csv"
# One of each kind, for pages about something.
OF = {
    "catalogue:service": "birth-certificate",
    "catalogue:need": "birth",
    "catalogue:before": "birth-certificate",
    "catalogue:office": "district-11",
    "catalogue:wall": "district-11",
    "catalogue:agency": "nida",
}
# They fetch what an empty house does not have, and are looked at in stories of their own.
ELSEWHERE = ("documents:offline", "api_docs")
MORE = ("/services/epassport/", "/search/?q=brth", "/search/?q=xqzwk")


def addresses() -> list[str]:
    """Return the address of every page of words that opens to whoever comes, in a fixed order."""
    with MATRIX.open(encoding="utf-8", newline="") as file:
        open_to_all = [
            row["address"]
            for row in csv.DictReader(file)
            if row["method"] == "GET"
            and row["anonymous"] == "opens"
            and "_api" not in row["address"]
            and not row["address"].startswith(ELSEWHERE)
        ]
    found = []
    for name in open_to_all:
        try:
            found.append(reverse(name, args=[OF[name]] if name in OF else []))
        except NoReverseMatch:
            continue  # It is about something of which there is none in an empty house.
    return [one for one in [*dict.fromkeys(found), *MORE] if _is_words(one)]


def _is_words(address: str) -> bool:
    answer = Client().get(address)
    return answer.status_code == 200 and answer["Content-Type"].startswith("text/html")
