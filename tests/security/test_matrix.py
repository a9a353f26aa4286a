"""Every address of the house, tried by everybody: what happens is what the table says."""

import csv
import os
import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import time_machine
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern

from accounts.models import ContactPoint, Person
from config.stack import matrix
from tests.accounts import people
from tests.applications.attachments.conftest import pack_with_slots
from tests.security import filling, places, roles
from tests.world import NOON

__all__ = ["pack_with_slots"]

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

SIGN_IN = frozenset({"/sign-in/", "/staff/", "/operators/login/"})
UNNAMED = {"documents": "/v/7QK3M0ZB94TVX2HD", "admin": "/operators/nothing/"}
# Shut when read, these take a form from anybody: a number with its phone, and leaving.
SENT_BY_ANYBODY = frozenset({("case_state", "400"), ("admin:logout", "opens")})
LETS_IN = frozenset({"opens", "moves on"})
# A person sees her own numbers.
PUBLIC = frozenset({"anonymous", "citizen", "neighbour"})
# What stands folded is shown to whoever opens it; what an address or a field holds is not read.
HIDDEN = re.compile(r"<details\b.*?</details>|<[^>]*>", re.DOTALL)
Doors = dict[str, str]


@pytest.fixture(scope="session")
def small_pack(pack_with_slots):
    return pack_with_slots


@pytest.fixture
def everybody(uwase, staffed, registers, settings, tmp_path) -> Iterator[dict[str, Client]]:
    settings.FILES_DIR, settings.CLAMD_ADDRESS = tmp_path / "files", ""
    with time_machine.travel(NOON, tick=False):
        made = roles.browsers(uwase, people.citizen(), staffed)
        for client in made.values():
            client.raise_request_exception = False
        yield made


@pytest.fixture
def furnished(everybody, uwase, staffed, monkeypatch) -> dict[str, dict[str, object]]:
    return filling.arguments(places.furnish(uwase, staffed, everybody, monkeypatch))


def outcome(answer: HttpResponseBase) -> str:
    """Say what happened to whoever asked: `opens`, `sign in`, `moves on`, or the status."""
    status = answer.status_code
    if status in {301, 302, 303}:
        return "sign in" if urlsplit(answer["Location"]).path in SIGN_IN else "moves on"
    return "opens" if status in {200, 204} else str(status)


def tried(client: Client, method: str, path: str, seen: list[str] | None = None) -> str:
    """
    Try a door, and leave the house as it was: what an empty form did is taken back.

    :param seen: takes the page, if one opened
    """
    cookies = client.cookies.copy()
    # No atomic block: some pages write in a transaction that must be nobody else's.
    before = transaction.savepoint()
    answer = client.generic(method, path)
    if answer.streaming:
        b"".join(answer.streaming_content)
    elif seen is not None and "html" in answer.get("Content-Type", ""):
        seen.append(answer.content.decode())
    said = outcome(answer)
    transaction.savepoint_rollback(before)
    client.cookies = cookies
    return said


def whole_numbers() -> set[str]:
    """Return every identity number and phone that the house knows, by the digits that tell it."""
    phones = ContactPoint.objects.filter(kind="phone")
    known = [person.national_id or "" for person in Person.objects.all()]
    known += [str(contact.value)[-9:] for contact in phones]
    return {number for number in known if len(number) >= 9}


def tells(page: str, numbers: set[str]) -> bool:
    """Say whether a page shows a whole number without being asked to."""
    shown = HIDDEN.sub("", page)
    digits = "".join(shown.split()).replace("&nbsp;", "")
    return any(number in digits for number in numbers)


def doors(row: str, known: dict[str, URLPattern]) -> list[str]:
    """Return the addresses that a row stands for; of the admin's many tables, two."""
    names = matrix.named(row, known)
    return [names[0], names[-1]] if matrix.MANY in row else names


def wanted(pattern: URLPattern) -> dict[str, object]:
    regex = getattr(pattern.pattern, "regex", None)
    return dict(pattern.pattern.converters) or dict(regex.groupindex if regex else {})


def paths(
    row: str, known: dict[str, URLPattern], furnished: dict[str, dict[str, object]]
) -> list[str]:
    found = []
    for name in doors(row, known):
        if "<" in name:  # It has no name of its own to reverse.
            found.append(UNNAMED[name.partition(":")[0]])
        else:
            found.append(places.address(name, wanted(known[name]), furnished))
    return found


def test_a_new_address_without_a_row_fails_the_check():
    rows = [row["address"] for row in matrix.rows()]
    assert matrix.differences(rows, matrix.addresses()) == []
    assert matrix.differences(rows, [*matrix.addresses(), "new:door"]) == ["new:door has no row"]
    assert matrix.differences([*rows, "old:door"], matrix.addresses()) == ["old:door is no address"]


def test_every_door_opens_to_those_of_the_table_and_to_nobody_else(everybody, furnished):
    known, wrong, cells = matrix.addresses(), [], Counter()
    played, numbers, telling = [], whole_numbers(), []
    for row in matrix.rows():
        for path in paths(row["address"], known, furnished):
            pages: dict[str, list[str]] = {role: [] for role in everybody}
            happened = {
                role: tried(at, row["method"], path, pages[role]) for role, at in everybody.items()
            }
            # ASVS 14.2.6: whoever works for the state sees a number whole where she asks to.
            telling += [
                f"{row['address']} shows {role} a whole identity number or phone"
                for role, shown in pages.items()
                if role not in PUBLIC and any(tells(page, numbers) for page in shown)
            ]
            played.append((row["address"], row["method"], happened))
            cells.update(happened.values())
            wrong += [
                f"{row['method']} {row['address']} as {role}: {said}, not {row.get(role)}"
                for role, said in happened.items()
                if said != row.get(role)
            ]
    _write_down(played)
    print(f"{cells.total()} cells, {len(everybody)} roles: {dict(cells.most_common())}")  # noqa: T201
    assert not wrong, "\n".join(wrong)
    assert not telling, "\n".join(telling)


def test_whom_a_page_does_not_open_to_can_send_it_no_form(everybody, furnished):
    known, wrong, tries = matrix.addresses(), [], 0
    for row in matrix.rows():
        if row["method"] != "GET":
            continue
        for path in paths(row["address"], known, furnished):
            for role, at in everybody.items():
                # Whom a page sends to sign in it knows by nothing: one of them stands for all.
                if row[role] in LETS_IN or (row[role] == "sign in" and role != "anonymous"):
                    continue
                tries += 1
                said = tried(at, "POST", path)
                if (row["address"], said) in SENT_BY_ANYBODY:
                    continue
                if said in {*LETS_IN, "500", "400"}:
                    wrong.append(f"{row['address']} as {role}: {row[role]} when read, {said}")
    print(f"{tries} forms sent where nothing opens")  # noqa: T201
    assert not wrong, "\n".join(wrong)


def _write_down(played: list[tuple[str, str, Doors]]) -> None:
    """Write what happened where GUICHET_MATRIX says, to lay beside the table when it changes."""
    if target := os.environ.get("GUICHET_MATRIX"):
        with open(target, "w", newline="", encoding="utf-8") as file:
            lines = csv.writer(file, lineterminator="\n")
            for address, method, happened in played:
                lines.writerow([address, method, *happened.values()])
