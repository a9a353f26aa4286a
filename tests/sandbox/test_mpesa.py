"""M-Pesa's twin as a merchant meets it: over HTTP, with what it tells by itself caught here."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.daraja import (
    LOGIN,
    PAYER,
    POOR,
    REFERENCE,
    SECRET,
    SHORT_CODE,
    Guichet,
    command,
    pay,
    press,
    push,
    push_words,
    query,
    reverse,
    say,
    statement,
    status,
    token,
    told_of,
)
from tests.sandbox_process import SandboxProcess


@pytest.fixture(scope="module")
def _guichet() -> Iterator[Guichet]:
    guichet = Guichet()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            guichet.told.append((self.path, json.loads(raw)))
            answer = json.dumps({"ResultCode": guichet.code, "ResultDesc": "words"}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    ).start()
    guichet.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield guichet
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def _sandbox(_guichet: Guichet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    env = {
        "SANDBOX_STATE": str(tmp_path_factory.mktemp("mpesa")),
        "SANDBOX_COUNTRY": "ke",
        "GUICHET_URL": _guichet.url,
        "SANDBOX_LATE_SECONDS": "1",
    }
    with SandboxProcess(env) as sandbox:
        sandbox.post(f"/phone/{PAYER}/top-up", {"amount": "1000000"})
        # A payment alone brings less than it takes to give it back: the network keeps a charge.
        pay(sandbox, amount="5000")
        _guichet.told.clear()
        yield sandbox


@pytest.fixture
def guichet(_guichet: Guichet) -> Guichet:
    _guichet.told.clear()
    _guichet.code = "0"
    return _guichet


@pytest.fixture
def sandbox(_sandbox: SandboxProcess, guichet: Guichet) -> Iterator[SandboxProcess]:
    _sandbox.faults()
    yield _sandbox
    _sandbox.faults()


# --- the door


def test_each_token_ends_the_former_one(sandbox: SandboxProcess) -> None:
    first, second = token(sandbox), token(sandbox)
    refused = say(sandbox, "/mpesa/stkpushquery/v1/query", {}, by=first)
    assert (refused.status_code, refused.json()["errorCode"]) == (404, "404.001.03")
    assert say(sandbox, "/mpesa/stkpushquery/v1/query", {}, by=second).status_code == 500


def test_the_login_must_be_ours(sandbox: SandboxProcess) -> None:
    path = "/mpesa/oauth/v1/generate"
    wrong = sandbox.get(f"{path}?grant_type=client_credentials", auth=("guichet-sandbox", "no"))
    assert wrong.json()["errorCode"] == "400.008.01"
    assert sandbox.get(path, auth=LOGIN).json()["errorCode"] == "400.008.02"


def test_daraja_can_be_down(sandbox: SandboxProcess) -> None:
    sandbox.faults(mpesa="down")
    answer = sandbox.get("/mpesa/oauth/v1/generate?grant_type=client_credentials", auth=LOGIN)
    assert (answer.status_code, answer.json()["errorCode"]) == (503, "500.003.02")


# --- prompts


def test_a_prompt_that_is_approved_is_told_with_its_receipt(
    sandbox: SandboxProcess, guichet: Guichet
) -> None:
    checkout = push(sandbox, guichet, "approved")
    assert query(sandbox, checkout)["errorMessage"] == "The transaction is being processed"
    assert press(sandbox, checkout) == {"state": "SUCCESSFUL"}
    [told] = guichet.wait("approved")
    callback = told["Body"]["stkCallback"]
    assert (callback["CheckoutRequestID"], callback["ResultCode"]) == (checkout, 0)
    items = callback["CallbackMetadata"]["Item"]
    assert {"Name": "Balance"} in items
    assert {"Name": "Amount", "Value": 500.0} in items
    answer = query(sandbox, checkout)
    assert answer["ResultCode"] == "0"
    assert "Amount" not in json.dumps(answer)


def test_a_prompt_that_is_refused_says_so(sandbox: SandboxProcess, guichet: Guichet) -> None:
    checkout = push(sandbox, guichet, "refused")
    press(sandbox, checkout, refuse=True)
    [told] = guichet.wait("refused")
    assert told["Body"]["stkCallback"]["ResultCode"] == 1032
    assert "CallbackMetadata" not in told["Body"]["stkCallback"]
    assert query(sandbox, checkout)["ResultCode"] == "1032"


def test_a_phone_has_one_prompt_at_a_time(sandbox: SandboxProcess, guichet: Guichet) -> None:
    checkout = push(sandbox, guichet, "first")
    second = say(
        sandbox, "/mpesa/stkpush/v1/processrequest", push_words(f"{guichet.url}/second")
    ).json()
    assert second["errorCode"] == "500.001.1001"
    assert "Unable to lock subscriber" in second["errorMessage"]
    press(sandbox, checkout, refuse=True)


def test_a_number_of_another_network_has_no_prompt(
    sandbox: SandboxProcess, guichet: Guichet
) -> None:
    airtel = "254733000001"
    push(sandbox, guichet, "other", PartyA=airtel, PhoneNumber=airtel)
    [told] = guichet.wait("other")
    assert told["Body"]["stkCallback"]["ResultCode"] == "SFC_IC0003"


@pytest.mark.parametrize(
    "change",
    [
        {"Amount": "500.50"},
        {"Amount": "0"},
        {"Amount": "-5"},
        {"AccountReference": "thirteen chars"},
        {"TransactionDesc": "more than thirteen"},
        {"PhoneNumber": "0708374149"},
        {"BusinessShortCode": "600000"},
        {"Timestamp": "20200101000000"},
        {"Password": "bm8="},
        {"CallBackURL": "http://example.org/x"},
        {"CallBackURL": "https://example.org/mpesa"},
        {"TransactionType": "Pay"},
    ],
)
def test_what_daraja_would_not_take_is_not_taken(
    sandbox: SandboxProcess, change: dict[str, str]
) -> None:
    words = push_words("https://guichet.example/x", **change)
    answer = say(sandbox, "/mpesa/stkpush/v1/processrequest", words)
    assert (answer.status_code, answer.json()["errorCode"]) == (400, "400.002.02")


def test_faults_of_the_callback(sandbox: SandboxProcess, guichet: Guichet) -> None:
    sandbox.faults(mpesa_callback="twice")
    press(sandbox, push(sandbox, guichet, "twice"))
    assert len(guichet.wait("twice", 2)) == 2
    sandbox.faults(mpesa_callback="never")
    press(sandbox, push(sandbox, guichet, "never"))
    assert guichet.never("never")
    sandbox.faults(mpesa_callback="lies")
    checkout = push(sandbox, guichet, "lies")
    press(sandbox, checkout, refuse=True)
    assert guichet.wait("lies")[0]["Body"]["stkCallback"]["ResultCode"] == 0
    assert query(sandbox, checkout)["ResultCode"] == "1032"


# --- the pay bill


def test_a_payment_is_asked_about_and_then_confirmed_once(
    sandbox: SandboxProcess, guichet: Guichet
) -> None:
    done = pay(sandbox)
    assert done["state"] == "NOTIFIED"
    [asked] = guichet.wait(f"/callbacks/mpesa-ke/{SECRET}/validation")
    [told] = guichet.wait(f"/callbacks/mpesa-ke/{SECRET}/confirmation")
    assert (asked["BillRefNumber"], asked["TransAmount"]) == (REFERENCE, "500.00")
    assert asked["OrgAccountBalance"] == ""
    assert told["TransID"] == done["id"]
    assert told["BusinessShortCode"] == SHORT_CODE
    assert told["MSISDN"] == "2547 ***** 149"
    assert float(told["OrgAccountBalance"]) >= 0


def test_a_payment_that_is_refused_moves_nothing(sandbox: SandboxProcess, guichet: Guichet) -> None:
    before = sandbox.get(f"/phone/{PAYER}/balance.json").json()
    guichet.code = "C2B00012"
    done = pay(sandbox)
    assert (done["state"], done["reason"]) == ("REFUSED", "C2B00012")
    assert sandbox.get(f"/phone/{PAYER}/balance.json").json() == before
    assert [path for path, _ in guichet.told if path.endswith("confirmation")] == []


def test_a_blind_payment_asks_nobody(sandbox: SandboxProcess, guichet: Guichet) -> None:
    guichet.code = "C2B00012"
    assert pay(sandbox, blind=True, reference="a slip")["state"] == "NOTIFIED"
    assert [path for path, _ in guichet.told if path.endswith("validation")] == []


@pytest.mark.parametrize("amount", ["", "0", "-5", "5.50", "250001", "NaN", "many"])
def test_only_whole_shillings_are_paid(sandbox: SandboxProcess, amount: str) -> None:
    assert pay(sandbox, amount=amount)["reason"] == "amount"


def test_a_lie_tells_of_a_payment_that_never_was(sandbox: SandboxProcess, guichet: Guichet) -> None:
    sandbox.faults(mpesa_callback="lies")
    done = pay(sandbox)
    [told] = guichet.wait("/confirmation")
    assert told["TransID"] != done["id"]
    status(sandbox, guichet, TransactionID=told["TransID"])
    [result] = guichet.wait("/result")
    assert result["Result"]["ResultCode"] == "R000002"


# --- commands


def test_the_status_of_a_payment_comes_later_under_the_same_handle(
    sandbox: SandboxProcess, guichet: Guichet
) -> None:
    receipt = pay(sandbox)["id"]
    taken = status(sandbox, guichet, TransactionID=receipt)
    [result] = guichet.wait("/result")
    for name in ("OriginatorConversationID", "ConversationID"):
        assert result["Result"][name] == taken[name]
    told = told_of(result)
    assert (told["ReceiptNo"], told["TransactionStatus"]) == (receipt, "Completed")
    assert told["CreditPartyName"].startswith(f"{SHORT_CODE} - ")
    assert told["Amount"] == 500.0


def test_a_wrong_initiator_is_answered_later_too(sandbox: SandboxProcess, guichet: Guichet) -> None:
    status(sandbox, guichet, TransactionID="X", SecurityCredential="no")
    [result] = guichet.wait("/result")
    assert result["Result"]["ResultCode"] == 2001


def test_the_balance_is_what_was_paid_less_what_was_taken(
    sandbox: SandboxProcess, guichet: Guichet
) -> None:
    def held() -> float:
        guichet.told.clear()
        path = "/mpesa/accountbalance/v1/query"
        command(sandbox, guichet, path, CommandID="AccountBalance")
        record = told_of(guichet.wait("/result")[0])["AccountBalance"]
        accounts = dict(part.split("|")[0::2][:2] for part in record.split("&"))
        return float(accounts["Utility Account"])

    before = held()
    pay(sandbox)
    assert held() == before + 500 - 2.5


def test_a_reversal_gives_the_money_back_once(sandbox: SandboxProcess, guichet: Guichet) -> None:
    receipt = pay(sandbox)["id"]
    before = int(sandbox.get(f"/phone/{PAYER}/balance.json").json()["balance"].split(".")[0])
    taken = reverse(sandbox, guichet, receipt)
    [result] = guichet.wait("/result")
    told = told_of(result)
    assert result["Result"]["ResultCode"] == 0
    assert (told["OriginalTransactionID"], told["Amount"]) == (receipt, 500.0)
    after = int(sandbox.get(f"/phone/{PAYER}/balance.json").json()["balance"].split(".")[0])
    assert after == before + 500

    guichet.told.clear()
    status(sandbox, guichet, OriginalConversationID=taken["OriginatorConversationID"])
    again = told_of(guichet.wait("/result")[0])
    assert again["ReceiptNo"] == result["Result"]["TransactionID"]
    assert again["OriginatorConversationID"] == taken["OriginatorConversationID"]

    guichet.told.clear()
    reverse(sandbox, guichet, receipt)
    assert guichet.wait("/result")[0]["Result"]["ResultCode"] == "R000001"


def test_a_reversal_of_nothing_or_of_a_part_is_refused(
    sandbox: SandboxProcess, guichet: Guichet
) -> None:
    reverse(sandbox, guichet, "SKL0000000")
    assert guichet.wait("/result")[0]["Result"]["ResultCode"] == "R000002"
    assert reverse(sandbox, guichet, pay(sandbox)["id"], Amount="100")["errorCode"] == "400.002.02"


def test_faults_of_results(sandbox: SandboxProcess, guichet: Guichet) -> None:
    receipt = pay(sandbox)["id"]
    sandbox.faults(mpesa_result="timeout")
    status(sandbox, guichet, TransactionID=receipt)
    assert guichet.wait("/timeout")
    sandbox.faults(mpesa_result="forged")
    taken = status(sandbox, guichet, TransactionID=receipt)
    [forged] = guichet.wait("/result")
    handle = "OriginatorConversationID"
    assert forged["Result"][handle] != taken[handle]
    sandbox.faults(mpesa_result="never")
    guichet.told.clear()
    status(sandbox, guichet, TransactionID=receipt)
    assert guichet.never("/result")


# --- lists


def pulled(sandbox: SandboxProcess, offset: int = 0) -> Any:
    words = {
        "ShortCode": SHORT_CODE,
        "StartDate": f"{datetime.now(UTC) + timedelta(hours=2):%Y-%m-%d %H:%M:%S}",
        "EndDate": f"{datetime.now(UTC) + timedelta(hours=3, minutes=1):%Y-%m-%d %H:%M:%S}",
        "OffSetValue": str(offset),
    }
    return say(sandbox, "/pulltransactions/v1/query", words).json()


def test_the_list_has_payments_from_a_row_on(sandbox: SandboxProcess) -> None:
    receipt = pay(sandbox)["id"]
    [rows] = pulled(sandbox)["Response"]
    assert rows[-1]["transactionId"] == receipt
    assert rows[-1]["billreference"] == REFERENCE
    assert {row["transactiontype"] for row in rows} == {"c2b-pay-bill-debit"}
    assert pulled(sandbox, len(rows) - 1)["Response"] == [[rows[-1]]]
    assert (pulled(sandbox, 10_000)["ResponseCode"], pulled(sandbox, 10_000)["Response"]) == (
        "1001",
        [[]],
    )


def test_what_a_customer_takes_back_only_the_statement_shows(
    sandbox: SandboxProcess, guichet: Guichet
) -> None:
    receipt = pay(sandbox)["id"]
    guichet.told.clear()
    done = sandbox.post("/acts/mpesa/reverse", {"id": receipt}).json()
    assert done["original"] == receipt
    assert guichet.never("/")
    newest = next(row for row in statement(sandbox) if row and row[0] == done["id"])
    assert newest[3] == "Pay Bill Reversal"
    assert (newest[4], newest[5], newest[6]) == ("Completed", "", "-500.00")
    assert newest[11] == receipt
    assert sandbox.post("/acts/mpesa/reverse", {"id": receipt}).json() == {"error": "R000001"}


def test_the_statement_has_the_portals_shape(sandbox: SandboxProcess) -> None:
    receipt = pay(sandbox, amount="1053")["id"]
    pay(sandbox, POOR, amount="90000")  # She has not got that.
    sandbox.post("/acts/mpesa/sweep", {"amount": "100"})
    rows = statement(sandbox)
    assert rows[0] == ["Organisation Name", "Guichet"]
    header = next(index for index, row in enumerate(rows) if row[0] == "Receipt No.")
    body = rows[header + 1 : -1]
    assert [row[0] for row in body].index(receipt) > 0  # Newest first.
    paid = next(row for row in body if row[0] == receipt)
    assert paid[5] == "1,053.00"
    assert paid[3].endswith(f"Acc. {REFERENCE}")
    assert paid[12] == REFERENCE
    charge = next(row for row in body if row[11] == receipt)
    assert (charge[3], charge[6]) == ("Pay Bill Charge", "-5.26")
    failed = next(row for row in body if row[4] == "Failed")
    assert failed[5] == "90,000.00"
    assert any(row[3] == "Organization Settle to Bank" for row in body)
    assert rows[-1][3] == "Totals"
    done = [row for row in body if row[4] == "Completed"]
    newest = float(done[0][7].replace(",", ""))
    oldest = done[-1]
    begin = float(oldest[7].replace(",", "")) - float((oldest[5] or oldest[6]).replace(",", ""))
    moved = sum(float((row[5] or row[6]).replace(",", "")) for row in done)
    assert newest == pytest.approx(begin + moved)


# --- registering


def test_addresses_are_registered_once(tmp_path: Path, guichet: Guichet) -> None:
    env = {"SANDBOX_STATE": str(tmp_path), "SANDBOX_COUNTRY": "ke", "GUICHET_URL": guichet.url}
    with SandboxProcess(env) as sandbox:
        _register(sandbox, guichet)


def _register(sandbox: SandboxProcess, guichet: Guichet) -> None:
    words = {
        "ShortCode": SHORT_CODE,
        "ResponseType": "Cancelled",
        "ValidationURL": f"{guichet.url}/mine/validation",
        "ConfirmationURL": f"{guichet.url}/mine/confirmation",
    }
    path = "/mpesa/c2b/v2/registerurl"
    bad = {**words, "ConfirmationURL": "https://guichet.example/mpesa"}
    assert say(sandbox, path, bad).json()["errorCode"] == "400.002.02"
    assert say(sandbox, path, words).json()["OriginatorCoversationID"]
    assert say(sandbox, path, words).status_code == 500
    pay(sandbox)
    assert guichet.wait("/mine/validation")
    assert guichet.wait("/mine/confirmation")
    puller = {
        "ShortCode": SHORT_CODE,
        "RequestType": "Pull",
        "NominatedNumber": "254722000000",
        "CallBackURL": f"{guichet.url}/list",
    }
    statuses = [
        say(sandbox, "/pulltransactions/v1/register", puller).json()["ResponseStatus"]
        for _ in range(2)
    ]
    assert statuses == ["1000", "1001"]
