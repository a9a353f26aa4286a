"""The sandbox says what really happened, whatever it told; and a fault can be of one payment."""

from tests.sandbox.conftest import ListeningGuichet
from tests.sandbox.test_bank import PAYER, pay
from tests.sandbox_process import SandboxProcess


def booked(sandbox: SandboxProcess, payment_id: str) -> list[dict[str, str]]:
    rows = sandbox.get("/truth.json").json()["booked"]
    return [row for row in rows if payment_id in {row["id"], row["original_id"]}]


def test_a_payment_and_what_became_of_it_are_two_rows(
    sandbox: SandboxProcess, guichet: ListeningGuichet
) -> None:
    done = pay(sandbox)
    undone = sandbox.post("/acts/bank/reverse", {"id": done["id"]}).json()

    came, went = booked(sandbox, done["id"])
    assert (came["rail"], came["what"], came["amount"]) == ("bank-rw", "payment", "500")
    assert (came["reference"], came["currency"]) == ("858961326965", "RWF")
    assert (went["id"], went["what"], went["amount"]) == (undone["id"], "reversal", "-500")


def test_truth_can_be_asked_since_a_moment(
    sandbox: SandboxProcess, guichet: ListeningGuichet
) -> None:
    [row] = booked(sandbox, pay(sandbox)["id"])
    later = sandbox.get("/truth.json", params={"since": str(float(row["at"]) + 0.001)}).json()
    assert row["id"] not in {one["id"] for one in later["booked"]}


def test_a_scripted_fault_is_of_one_payment_alone(
    sandbox: SandboxProcess, guichet: ListeningGuichet
) -> None:
    lost = pay(sandbox, faults={"bank": "never"})
    told = pay(sandbox)

    assert (lost["state"], told["state"]) == ("BOOKED", "NOTIFIED")
    said = [one.body["id"] for one in guichet.told if one.path.endswith("/notification")]
    assert said == [told["id"]]
    assert len(booked(sandbox, lost["id"])) == 1


def test_a_fault_that_nobody_knows_is_refused_and_nothing_is_paid(
    sandbox: SandboxProcess, guichet: ListeningGuichet
) -> None:
    said = {"reference": "858961326965", "pin": "1234", "faults": {"bank": "tired"}}
    assert sandbox.post(f"/phone/{PAYER}/pay", said).status_code == 400
    assert not guichet.told
