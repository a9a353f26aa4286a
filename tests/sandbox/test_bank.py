import hashlib
import hmac

from tests.sandbox.conftest import ListeningGuichet, Told
from tests.sandbox_process import SandboxProcess

PAYER = "250788000121"


def pay(sandbox: SandboxProcess, **said: object) -> dict[str, str]:
    body = {"reference": "8589 6132 6965", "pin": "1234", **said}
    answer = sandbox.post(f"/phone/{PAYER}/pay", body)
    assert answer.status_code == 200
    return dict(answer.json())


def is_signed(told: Told, secret: str = "development-only-bank") -> bool:
    signed = told.headers["x-timestamp"].encode() + b"." + told.raw
    mac = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return told.headers["x-signature"] == f"v1={mac}"


def balance(sandbox: SandboxProcess) -> int:
    return int(sandbox.get(f"/phone/{PAYER}/balance.json").json()["balance"])


def test_the_bank_asks_before_it_takes_and_tells_afterwards(
    sandbox: SandboxProcess, guichet: ListeningGuichet
) -> None:
    before = balance(sandbox)
    done = pay(sandbox)
    asked, told = guichet.told
    assert done["state"] == "NOTIFIED"
    assert asked.path == "/callbacks/bank-rw/inquiry"
    assert asked.body == {"reference": "8589 6132 6965"}
    assert told.path == "/callbacks/bank-rw/notification"
    assert told.body["id"] == done["id"]
    assert {name: told.body[name] for name in ("reference", "amount", "currency", "channel")} == {
        "reference": "858961326965",
        "amount": "500",
        "currency": "RWF",
        "channel": "ussd",
    }
    assert told.body["paid_at"].endswith("+00:00")
    assert is_signed(asked)
    assert is_signed(told)
    assert balance(sandbox) == before - 500


def test_what_cannot_be_paid_is_refused_before_money_moves(
    sandbox: SandboxProcess, guichet: ListeningGuichet
) -> None:
    guichet.bill = {"reference": "1", "payable": False, "reason": "unknown"}
    before = balance(sandbox)
    assert pay(sandbox) == {"id": "", "state": "REFUSED", "reason": "unknown"}
    assert guichet.quiet("notification", 0.3) == []
    assert balance(sandbox) == before


def test_more_than_the_wallet_holds_is_refused(
    sandbox: SandboxProcess, guichet: ListeningGuichet
) -> None:
    assert pay(sandbox, amount="9000000")["reason"] == "not enough funds"
    assert guichet.quiet("notification", 0.3) == []


def test_a_wrong_pin_and_a_wrong_amount_pay_nothing(
    sandbox: SandboxProcess, guichet: ListeningGuichet
) -> None:
    wrong = sandbox.post(f"/phone/{PAYER}/pay", {"reference": "858961326965", "pin": "0000"})
    assert wrong.status_code == 403
    for amount in ("0", "-500", "NaN", "Infinity", "a lot"):
        assert pay(sandbox, amount=amount)["state"] == "REFUSED"
    assert guichet.quiet("notification", 0.3) == []


def test_the_bank_tells_until_it_is_heard_and_signs_anew(
    sandbox: SandboxProcess, guichet: ListeningGuichet
) -> None:
    guichet.status = 503
    assert pay(sandbox)["state"] == "WAITING"
    guichet.wait_for(2, "notification")
    guichet.status = 200
    told = guichet.wait_for(3, "notification", 8)
    assert all(is_signed(one) for one in told)
    assert len({one.raw for one in told}) == 1
    assert len(guichet.quiet("notification", 1.2)) == 3


def test_a_payment_keeps_being_told_after_a_power_cut(own_sandbox, guichet) -> None:  # type: ignore[no-untyped-def]
    first = own_sandbox()
    guichet.status = 503
    payment = pay(first)
    first.kill()
    guichet.told.clear()
    guichet.status = 200
    second = own_sandbox()
    assert guichet.wait_for(1, "notification")[0].body["id"] == payment["id"]
    assert int(second.get(f"/phone/{PAYER}/balance.json").json()["balance"]) == 49_500


def test_a_clerk_pays_blind_and_the_wrong_reference_arrives(
    sandbox: SandboxProcess, guichet: ListeningGuichet
) -> None:
    done = pay(sandbox, reference="000000000000", amount="700", channel="branch", blind=True)
    assert done["state"] == "NOTIFIED"
    [told] = guichet.told
    assert told.path.endswith("/notification")
    assert (told.body["reference"], told.body["amount"]) == ("000000000000", "700")


def test_faults_of_the_bank(sandbox: SandboxProcess, guichet: ListeningGuichet) -> None:
    sandbox.faults(bank="twice")
    pay(sandbox)
    one, other = guichet.wait_for(2, "notification")
    assert one.body["id"] == other.body["id"]

    guichet.told.clear()
    sandbox.faults(bank="forged")
    pay(sandbox)
    [forged] = guichet.wait_for(1, "notification")
    assert not is_signed(forged)

    guichet.told.clear()
    sandbox.faults(bank="wrong_amount")
    pay(sandbox)
    assert guichet.wait_for(1, "notification")[0].body["amount"] == "600"

    guichet.told.clear()
    sandbox.faults(bank="wrong_currency")
    pay(sandbox)
    assert guichet.wait_for(1, "notification")[0].body["currency"] == "USD"
