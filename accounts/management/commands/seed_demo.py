"""`manage.py seed_demo`: the demonstration's officers, each with the rights of the country pack."""

import hashlib
import hmac
import json
import os
import secrets
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts import demo, operations, policies, queries
from accounts.acts import UnknownAct
from accounts.demo import Demo, WantedGrant, WantedStaff
from kernel.country import BadPack, pack_folder
from places import queries as places

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # Nothing that reads as something else.
_GROUPS, _GROUP_LENGTH = 4, 4


class Command(BaseCommand):
    help = "Makes the demonstration's staff and their rights; writes their logins to demo.json."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demonstration's people are refused in production.")
        at = timezone.now()
        file = Path(settings.VAR_DIR) / "demo.json"
        known = _passwords(file)
        try:
            wanted = demo.read(pack_folder(settings.COUNTRY_CODE) / "demo.yaml")
            with transaction.atomic():
                told = [self._person(person, known, at=at) for person in wanted.staff]
                self._rights(wanted, at=at)
        except BadPack as error:
            raise CommandError(str(error)) from None
        except places.NoOffice as error:
            raise CommandError(f"There is no office {error}: load the country first.") from None
        except places.NoArea as error:
            raise CommandError(f"There is no area {error}: load the country first.") from None
        except operations.PersonUnknown:
            raise CommandError(
                "This database has demonstration accounts of an older version: make it anew."
            ) from None
        except UnknownAct as error:
            raise CommandError(f"demo.yaml grants an act that no app declares: {error}") from None
        except policies.NotGranted:
            raise CommandError(
                "The first rights of this database were given to others: "
                "the demonstration cannot give any."
            ) from None
        _write(file, told)
        self.stdout.write(f"{len(told)} people of the demonstration; logins in {file}")

    def _person(
        self, person: WantedStaff, known: dict[str, str], *, at: datetime
    ) -> dict[str, str]:
        password = _derived(person.login) or known.get(person.login) or _generated()
        account = queries.staff_by_email(person.login)
        if account is None:
            office = places.office_by_code(person.office_code) if person.office_code else None
            operations.create_staff(
                email=person.login,
                password=password,
                display_name=person.name,
                office_id=office.pk if office else None,
                person_id=_named(person),
                is_operator=person.is_operator,
                at=at,
            )
        elif password != known.get(person.login):
            operations.set_password(account_id=account.id, password=password, at=at)
        return {
            "who": f"{person.name}, {person.who}",
            "login": person.login,
            "password": password,
            "does": person.does,
        }

    def _rights(self, wanted: Demo, *, at: datetime) -> None:
        giver, confirmer = _id(wanted.gives), _id(wanted.confirms)
        if not queries.is_founded():
            operations.found_rights(
                giver_id=giver, confirmer_id=confirmer, witness_id=_id(wanted.witness), at=at
            )
        for person in wanted.staff:
            for right in person.grants:
                _ensure(_id(person.login), right, giver_id=giver, confirmer_id=confirmer, at=at)


def _ensure(
    account_id: int, right: WantedGrant, *, giver_id: int, confirmer_id: int, at: datetime
) -> None:
    held = [
        grant
        for grant in queries.grants(account_id=account_id, act=right.act, at=at)
        if (grant.service_code, grant.area_code, grant.rail_code, grant.beneficiary_code)
        == (right.service_code, right.area_code, right.rail_code, right.beneficiary_code)
    ]
    if any(grant.confirmed_at for grant in held):
        return
    grant_id = (
        held[0].id
        if held
        else operations.grant(
            account_id=account_id,
            act=right.act,
            service_code=right.service_code,
            area_code=right.area_code,
            rail_code=right.rail_code,
            beneficiary_code=right.beneficiary_code,
            from_at=at,
            given_by_id=giver_id,
            at=at,
        )
    )
    operations.confirm_grant(grant_id=grant_id, confirmed_by_id=confirmer_id, at=at)


def _named(person: WantedStaff) -> int | None:
    if person.national_id is None:
        return None
    given_names, _, family_name = person.name.rpartition(" ")
    return operations.name_person(
        national_id=person.national_id, family_name=family_name, given_names=given_names
    )


def _id(login: str) -> int:
    account = queries.staff_by_email(login)
    if account is None:
        raise CommandError(f"{login} has no account.")
    return account.id


def _passwords(file: Path) -> dict[str, str]:
    """Return the passwords of an earlier run: running again changes none."""
    try:
        return {row["login"]: row["password"] for row in json.loads(file.read_text("utf-8"))}
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError):
        raise CommandError(f"{file} is damaged: delete it, and passwords are made anew.") from None


def _derived(login: str) -> str:
    """Return the password that DEMO_PASSWORD_SEED makes of a login, or "" without a seed."""
    seed = os.environ.get("DEMO_PASSWORD_SEED", "")
    if not seed:
        return ""
    return _spelled(hmac.digest(seed.encode(), login.encode(), hashlib.sha256))


def _generated() -> str:
    return _spelled(secrets.token_bytes(32))


def _spelled(data: bytes) -> str:
    letters = [_LETTERS[byte % len(_LETTERS)] for byte in data]
    groups = range(0, _GROUPS * _GROUP_LENGTH, _GROUP_LENGTH)
    return "-".join("".join(letters[i : i + _GROUP_LENGTH]) for i in groups)


def _write(file: Path, told: list[dict[str, str]]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_suffix(".new")
    beside.unlink(missing_ok=True)
    # Born unreadable to others: a change of mode afterwards would come too late.
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        json.dump(told, out, ensure_ascii=False, indent=1)
    beside.replace(file)
