"""Money that came for two beneficiaries, the accounts they are remitted to, and two officers."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts import operations as accounts
from payments.models import Movement, Remittance, RemittanceRefusal
from payments.operations import remitting
from payments.operations.remitting import NewAccount
from payments.operations.remitting import pack as layouts
from payments.queries import BillView
from tests.accounts import people
from tests.payments import world as money
from tests.payments.world import issue, post, telling
from tests.world import NOON

NEXT_DAY = NOON + timedelta(days=1)
DISTRICT, TREASURY = "district-11", "treasury"


@dataclass(frozen=True)
class Desk:
    world: money.World
    asks: int
    decides: int


def desk_with_money(monkeypatch) -> Desk:
    """A bank that takes orders, and 800 francs of the district's on its account there."""
    layout(monkeypatch)
    opened = desk()
    name_account(opened)
    paid(opened, 800, rail=opened.world.bank)
    return opened


def desk() -> Desk:
    """Rails, beneficiaries, one officer who asks and one who decides."""
    return Desk(
        world=money.make_world(),
        asks=people.officer("remittance.ask", "money.view"),
        decides=people.officer("remittance.decide", "money.view"),
    )


def layout(monkeypatch, **changed) -> None:
    """A pack that pays francs from bank-rw and cuts off at midnight less a minute."""
    settled = layouts.Settlement(
        rails={"RWF": "bank-rw"}, payer=layouts.Payer(name="Treasury"), **changed
    )
    for module in ("", ".building", ".ordering", ".pack"):
        monkeypatch.setattr(f"payments.operations.remitting{module}.settlement", lambda: settled)


def paid(desk: Desk, *amounts: int, at: datetime = NOON, rail=None) -> BillView:
    """Bills of these lines, by turns for the district and the treasury, paid in full."""
    bill = issue(*amounts, at=at)
    post(telling(rail or desk.world.mtn, bill.reference, sum(amounts), occurred_at=at), at=at)
    return bill


def name_account(
    desk: Desk, code: str = DISTRICT, number: str = "0004000281", at: datetime = NOON
) -> int:
    change_id = remitting.ask_account(
        beneficiary_code=code, currency="RWF", new=new_account(number), by_id=desk.asks, at=at
    )
    remitting.decide_account(change_id=change_id, approve=True, by_id=desk.decides, at=at)
    return change_id


def new_account(number: str = "0004000281", **changed: str) -> NewAccount:
    usual = {
        "number": number,
        "holder_name": "Nyarugenge district",
        "bank_name": "Bank of Kigali",
        "bic": "BKIGRWRW",
        "reason": "Letter 12/2026 of the treasury",
    }
    return NewAccount(**{**usual, **changed})


def built(desk: Desk, code: str = DISTRICT, at: datetime = NEXT_DAY) -> Remittance:
    return remitting.build(beneficiary_code=code, currency="RWF", by_id=desk.asks, at=at)


def proposed(desk: Desk, code: str = DISTRICT, at: datetime = NEXT_DAY) -> Remittance:
    batch = built(desk, code, at)
    remitting.propose(remittance_id=batch.pk, by_id=desk.asks, at=at)
    batch.refresh_from_db()
    return batch


def approve(batch: Remittance, by_id: int, at: datetime = NEXT_DAY) -> None:
    remitting.approve(remittance_id=batch.pk, by_id=by_id, step_up_id=stepped_up(by_id, at), at=at)
    batch.refresh_from_db()


def stepped_up(by_id: int, at: datetime = NEXT_DAY) -> int:
    return accounts.step_up(
        account_id=by_id,
        password=people.PASSWORD,
        purpose=remitting.PURPOSE,
        session_key="s",
        at=at,
    ).pk


def sent(desk: Desk, at: datetime = NEXT_DAY) -> Remittance:
    batch = proposed(desk, at=at)
    approve(batch, desk.decides, at)
    remitting.mark_sent(remittance_id=batch.pk, bank_receipt="BK-77", by_id=desk.asks, at=at)
    batch.refresh_from_db()
    return batch


def withdrawn(
    desk: Desk, batch: Remittance, reason: str = "never handed in", at: datetime = NEXT_DAY
) -> None:
    """The bank has not got the order: one officer says so, the other decides it."""
    refusal_id = remitting.ask_withdrawal(
        remittance_id=batch.pk, reason=reason, by_id=desk.asks, at=at
    )
    remitting.decide_refusal(
        refusal_id=refusal_id,
        approved=True,
        by_id=desk.decides,
        step_up_id=stepped_up(desk.decides, at),
        at=at,
    )
    batch.refresh_from_db()


def believed(desk: Desk, batch: Remittance, code: str = "AC04", at: datetime = NEXT_DAY) -> None:
    """The bank refuses the order; one officer brings its word, the other believes it."""
    remitting.take_report(
        remittance_id=batch.pk, data=answer(batch, "RJCT", code), by_id=desk.asks, at=at
    )
    refusal = RemittanceRefusal.objects.get(remittance=batch, decided_at=None)
    remitting.decide_refusal(
        refusal_id=refusal.pk,
        approved=True,
        by_id=desk.decides,
        step_up_id=stepped_up(desk.decides, at),
        at=at,
    )
    batch.refresh_from_db()


def returned(desk: Desk, batch: Remittance, credit: Movement, at: datetime) -> None:
    """The bank sends a paid batch back; one officer says so, the other decides it."""
    release_id = remitting.ask_sent_back(
        remittance_id=batch.pk, movement_id=credit.pk, reason="AC04", by_id=desk.asks, at=at
    )
    step_up_id = stepped_up(desk.decides, at)
    remitting.decide_sent_back(
        release_id=release_id, approved=True, by_id=desk.decides, step_up_id=step_up_id, at=at
    )
    batch.refresh_from_db()


def answer(batch: Remittance, status: str, code: str = "") -> bytes:
    why = f"<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn></StsRsnInf>" if code else ""
    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>'
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>{batch.number}</OrgnlMsgId></OrgnlGrpInfAndSts>"
        f"<OrgnlPmtInfAndSts><TxInfAndSts><OrgnlEndToEndId>{batch.end_to_end_id}"
        f"</OrgnlEndToEndId><TxSts>{status}</TxSts>{why}</TxInfAndSts></OrgnlPmtInfAndSts>"
        "</CstmrPmtStsRpt></Document>"
    ).encode()
