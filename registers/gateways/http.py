"""
Registers that answer JSON over HTTP.

    POST {base}/search        {"national_id": "..."}                 200 {...} or 404
    POST {base}/acts/search   {"kind": "birth", "national_id": "..."} 200 {"acts": [...]}
    POST {base}/events        {"after": "..."}                       200 (registers.feed)

The population register may add `relatives`: {"parents", "children", "spouses"}, a list of numbers
each; without it nobody can tell whose family an officer is.

The population and the criminal register answer the same `/search`, each at its own base; the
criminal one with `judgments`: [{"on", "court", "offence", "sentence"}], an empty list for none.

The number travels in the body, because addresses end up in logs.
"""

import json
import time
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar, get_args

import httpx

from kernel import outgoing
from registers.entries import (
    ActEntry,
    ActKind,
    CriminalEntry,
    Judgment,
    MaritalStatus,
    PersonEntry,
    Sex,
    VitalStatus,
)
from registers.gateways.base import RegisterUnavailable

_E = TypeVar("_E", PersonEntry, CriminalEntry)

_RELATIVES = ("parents", "children", "spouses")
_ANSWER_SECONDS = 2.0
_ANSWER_BYTES_MAX = 256 * 1024
_TIMEOUT = httpx.Timeout(connect=0.5, write=0.5, pool=0.5, read=1.5)
# A page of events, which nobody waits for on a page of ours, may be a night's work of a country.
_EVENTS_BYTES_MAX = 4 * 1024 * 1024
_EVENTS_SECONDS = 5.0  # A lease that runs out meanwhile costs a second reading, no more.


class HttpRegister:
    def __init__(self, *, base_url: str, token: str) -> None:
        self._base_url = base_url.rstrip("/")
        # A proxy of the environment must never see whom we ask about: the door asks none.
        self._client = outgoing.client(
            "registers",
            timeout=_TIMEOUT,
            # A kept connection that the register has closed would look like a register gone.
            limits=httpx.Limits(max_keepalive_connections=0),
            headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
        )

    def _ask(self, path: str, question: Mapping[str, str]) -> dict[str, Any] | None:
        """Return the answer, or None where the register says that there is none (404)."""
        body = self._answer(path, question)
        if body is None:
            return None
        try:
            answer = json.loads(body)
            said = json.dumps(answer, ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            # The chain is cut: a parser's error quotes what it could not read.
            raise RegisterUnavailable("not JSON") from None
        if rb"\u0000" in said:
            # As half a character, above: PostgreSQL cannot keep it, so no paper can cite it.
            raise RegisterUnavailable("a character that cannot be kept")
        if not isinstance(answer, dict):
            raise RegisterUnavailable("not an object")
        return answer

    def _entry(self, national_id: str, read: Callable[[Mapping[str, Any]], _E]) -> _E | None:
        """Return what the register holds about the person asked for, and about nobody else."""
        answer = self._ask("/search", {"national_id": national_id})
        if answer is None:
            return None
        try:
            entry = read(answer)
        except (AttributeError, KeyError, TypeError, ValueError):
            raise RegisterUnavailable("not an entry") from None
        if entry.national_id != national_id:
            raise RegisterUnavailable("another person")
        return entry

    def _answer(
        self,
        path: str,
        question: Mapping[str, str],
        *,
        seconds: float = _ANSWER_SECONDS,
        bytes_max: int = _ANSWER_BYTES_MAX,
    ) -> bytes | None:
        give_up_at = time.monotonic() + seconds
        address = f"{self._base_url}{path}"
        try:
            with self._client.stream("POST", address, json=dict(question)) as response:
                if response.status_code == httpx.codes.NOT_FOUND:
                    return None
                if response.status_code != httpx.codes.OK:
                    raise RegisterUnavailable(f"status {response.status_code}")
                body = b""
                for chunk in response.iter_bytes():
                    body += chunk
                    if len(body) > bytes_max or time.monotonic() > give_up_at:
                        raise RegisterUnavailable("too slow or too long")
        except httpx.HTTPError as error:
            raise RegisterUnavailable(type(error).__name__) from None
        return body


class HttpEventFeed(HttpRegister):
    def events(self, *, after: str) -> bytes:
        body = self._answer(
            "/events", {"after": after}, seconds=_EVENTS_SECONDS, bytes_max=_EVENTS_BYTES_MAX
        )
        if body is None:
            raise RegisterUnavailable("no feed")
        return body


class HttpPopulationRegister(HttpRegister):
    def person(self, *, national_id: str) -> PersonEntry | None:
        return self._entry(national_id, _person)


class HttpCriminalRegister(HttpRegister):
    def person(self, *, national_id: str) -> CriminalEntry | None:
        return self._entry(national_id, _criminal)


class HttpCivilRegister(HttpRegister):
    def acts(self, *, kind: ActKind, national_id: str) -> list[ActEntry]:
        answer = self._ask("/acts/search", {"kind": kind, "national_id": national_id})
        try:
            acts = [_act(row) for row in answer["acts"]] if answer else []
        except (KeyError, TypeError, ValueError):
            raise RegisterUnavailable("not acts") from None
        if any(act.kind != kind or national_id not in act.national_ids for act in acts):
            raise RegisterUnavailable("other acts")
        return sorted(acts, key=lambda act: act.registered_on, reverse=True)


def _person(answer: Mapping[str, Any]) -> PersonEntry:
    sex: Sex = _one_of(answer["sex"], get_args(Sex))
    marital_status: MaritalStatus = _one_of(answer["marital_status"], get_args(MaritalStatus))
    return PersonEntry(
        national_id=_text(answer["national_id"]),
        family_name=_text(answer["family_name"]),
        given_names=_text(answer["given_names"]),
        sex=sex,
        born_on=date.fromisoformat(answer["born_on"]),
        birth_place_code=_text(answer["birth_place_code"]),
        residence_code=_text(answer["residence_code"]),
        father_name=_text(answer.get("father_name", "")),
        mother_name=_text(answer.get("mother_name", "")),
        marital_status=marital_status,
        nationality=_text(answer["nationality"]),
        vital_status=_vital_status(answer),
        relatives=_relatives(answer),
    )


def _relatives(answer: Mapping[str, Any]) -> tuple[str, ...] | None:
    told = answer.get("relatives")
    if told is None:
        return None
    named = [told.get(role, []) for role in _RELATIVES]
    if not all(isinstance(numbers, list) for numbers in named):
        raise TypeError
    return tuple(_text(number) for numbers in named for number in numbers)


def _vital_status(answer: Mapping[str, Any]) -> VitalStatus | None:
    told = answer.get("vital_status")
    status: VitalStatus | None = told and _one_of(told, get_args(VitalStatus))
    return status


def _criminal(answer: Mapping[str, Any]) -> CriminalEntry:
    sex: Sex = _one_of(answer["sex"], get_args(Sex))
    if not isinstance(answer["judgments"], list):
        raise TypeError  # Silence is not "none".
    return CriminalEntry(
        national_id=_text(answer["national_id"]),
        family_name=_text(answer["family_name"]),
        given_names=_text(answer["given_names"]),
        sex=sex,
        born_on=date.fromisoformat(answer["born_on"]),
        birth_place_code=_text(answer["birth_place_code"]),
        nationality=_text(answer["nationality"]),
        judgments=tuple(
            Judgment(
                on=date.fromisoformat(row["on"]),
                court=_text(row["court"]),
                offence=_text(row["offence"]),
                sentence=_text(row["sentence"]),
            )
            for row in answer["judgments"]
        ),
    )


def _act(row: Mapping[str, Any]) -> ActEntry:
    kind: ActKind = _one_of(row["kind"], get_args(ActKind))
    return ActEntry(
        kind=kind,
        office_code=_text(row["office_code"]),
        year=int(row["year"]),
        volume=_text(row["volume"]),
        act_number=_text(row["act_number"]),
        registered_on=date.fromisoformat(row["registered_on"]),
        facts={_text(name): _text(value) for name, value in row["facts"].items()},
        national_ids=tuple(_text(number) for number in row["national_ids"]),
        parents=tuple(_text(number) for number in row.get("parents", ())),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _one_of(value: object, allowed: tuple[Any, ...]) -> Any:
    if value not in allowed:
        raise ValueError
    return value
