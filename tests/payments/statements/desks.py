"""Officers at the desk of statements, what they bring, and the worker who reads and posts it."""

from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Account as Login
from payments.models import StatementFile
from payments.operations.importing import queueing, running
from tests.payments.statements.books import Account, Booking
from tests.world import NOON

LIST = "/desk/money/statements/"
UPLOAD = f"{LIST}upload/"
SOON = NOON + timedelta(minutes=1)
ACTS = ("money.view", "statement.import")


def at_desk(officer_id: int) -> Client:
    browser = Client()
    browser.force_login(Login.objects.get(pk=officer_id))
    return browser


def work(at=SOON) -> int:
    return running.work_off(lambda: at)


def brought(by_id: int, data: bytes) -> int:
    """Bring a file at the desk and let it be read; return its id."""
    answer = at_desk(by_id).post(
        f"{LIST}upload/", {"file": SimpleUploadedFile("november.xml", data), "rail": "bank-rw"}
    )
    assert answer.status_code == 302, answer.content.decode()
    assert work() == 1
    return StatementFile.objects.latest("pk").pk


def pressed(by_id: int, file_id: int) -> str:
    desk = at_desk(by_id)
    answer = desk.post(f"{LIST}files/{file_id}/post/", {"stamp": queueing.stamp(file_id)})
    return page(desk, answer.url)


def page(desk: Client, url: str) -> str:
    answer = desk.get(url)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def unheard(*amounts: int) -> bytes:
    return Account().statement(
        *(Booking(amount=amount, id=f"FT{n}") for n, amount in enumerate(amounts))
    )


def lets_one_person(world, up_to_minor: int) -> None:
    world.bank.__class__.objects.filter(pk=world.bank.pk).update(by_hand_max_minor=up_to_minor)


def text(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return " ".join(answer.content.decode().split())


def send(browser: Client, data: bytes, *, name: str = "november.xml", rail: str = ""):
    return browser.post(UPLOAD, {"file": SimpleUploadedFile(name, data), "rail": rail})


def upload(browser: Client, data: bytes):
    """Send a file and let it be read."""
    answer = send(browser, data)
    if answer.status_code == 302:
        assert work(NOON) == 1
    return answer


def press_post(browser: Client, file_id: int, *, stamp: str | None = None):
    seen = queueing.stamp(file_id) if stamp is None else stamp
    return browser.post(f"{LIST}files/{file_id}/post/", {"stamp": seen})
