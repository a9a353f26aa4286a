"""Who comes to the house: one browser for each role, made once for a whole matrix."""

from django.test import Client

from accounts.models import Account, Grant
from tests.accounts import people
from tests.accounts.people import Citizen
from tests.applications.browser import citizen_at, officer_at
from tests.applications.packing import FAR, HOME
from tests.applications.world import Staffed, office_id
from tests.world import NOON

ASKS = ("refund", "match", "release", "remittance", "limit", "sweep", "move")
DECIDES = ("refund", "match", "release", "remittance", "sweep", "move")
OF_PAPERS = ("suspend", "resume", "revoke", "reissue", "copy")


def browsers(uwase: Citizen, neighbour: Citizen, staffed: Staffed) -> dict[str, Client]:
    """
    Return a browser by the name of each role, in the order of the table's columns.

    `officer` has the case on her desk, `elsewhere` is of another district; `supervisor` is of the
    case's district and `head` of another; `rights` gives rights and `confirmer` confirms them;
    `it` is a district's IT officer; a `superuser` holds no right. `editor` writes what
    services say, `publisher` publishes it, `focal` confirms each month that a page is right.
    """
    return {
        "anonymous": Client(),
        "citizen": citizen_at(uwase),
        "neighbour": citizen_at(neighbour),
        "officer": officer_at(staffed.aline),
        "elsewhere": officer_at(staffed.far),
        "supervisor": _at("case.supervise", area="12"),
        "head": _at("case.supervise", area="11"),
        "counter": _at("case.receive", "case.assist", area=HOME, office_id=office_id(HOME)),
        "stranger": _at("case.receive", "case.assist", area=FAR, office_id=office_id(FAR)),
        "papers": _at(*(f"paper.{act}" for act in OF_PAPERS), area=HOME),
        "finance": _at(
            "money.view", "alarm.clear", "statement.import", "close.prepare", "report.view",
            *(f"{act}.ask" for act in ASKS),
        ),
        "checker": _at(
            "money.view", "alarm.clear", "statement.import", "close.sign", "report.view",
            *(f"{act}.decide" for act in DECIDES),
        ),
        "agency": agency("district-11"),
        "other_agency": agency("district-12"),
        "rights": _at("rights.give"),
        "confirmer": _at("rights.confirm"),
        "keys": _at("credential.issue", "credential.revoke"),
        "it": _at("staff.invite", "staff.manage", area="12"),
        "operator": _staff(is_staff=True),
        "superuser": _staff(is_staff=True, is_superuser=True),
        "editor": _at("catalogue.edit"),
        "publisher": _at("catalogue.publish", "catalogue.fees"),
        "focal": _at("catalogue.confirm"),
    }  # fmt: skip


def _at(*acts: str, area: str | None = None, **more: object) -> Client:
    return officer_at(people.officer(*acts, area_code=area, **more))


def agency(code: str) -> Client:
    holder, (giver, confirmer) = people.staff(), people.givers(NOON)
    Grant.objects.create(
        account=holder, act="revenue.view", beneficiary_code=code, from_at=NOON,
        given_by=giver, given_at=NOON, confirmed_by=confirmer, confirmed_at=NOON,
    )  # fmt: skip
    return officer_at(holder.pk)


def _staff(**more: bool) -> Client:
    client = Client()
    client.force_login(Account.objects.get(pk=people.staff(**more).pk))
    return client
