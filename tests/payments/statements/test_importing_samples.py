"""Real statements of other banks into an empty house: each gets its fate, and none an exception."""

from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from payments import ledger, statements
from payments.invariants import INVARIANTS
from payments.models import Rail, StatementFile, StatementLine
from payments.operations import importing
from payments.states import LineFate
from tests.payments.world import make_world
from tests.world import NOON

SAMPLES = Path(settings.BASE_DIR).parent / "shared" / "samples"

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not SAMPLES.is_dir(), reason=f"The samples are not at {SAMPLES}."),
]


def files():
    return [
        path
        for folder in ("camt", "mt940", "csv")
        for path in sorted((SAMPLES / folder).glob("*"))
        if path.is_file()
    ]


def rail_for(currency, accounts):
    """A rail whose only accounts are these; without one, an account that nobody tells."""
    rail, _ = Rail.objects.get_or_create(
        code=f"bank-{currency.lower()}",
        defaults={
            "kind": "bycontract",
            "provider": "bank",
            "names": {"en": "Bank"},
            "currency": currency,
            "prefixes": [],
            "steps": {},
            "by_contract": True,
            "active": True,
            "position": 0,
        },
    )
    ledger.open_rail_accounts([(rail.pk, currency)])
    Rail.objects.filter(pk=rail.pk).update(accounts=accounts or ["none"])
    return rail.code


def accounts_of(data):
    try:
        return sorted({one.account for one in statements.read(data) if one.account.strip()})
    except statements.CannotRead:
        return []


def test_every_sample_has_its_fate():
    make_world()
    fates = {}
    for path in files():
        data = path.read_bytes()
        accounts = accounts_of(data)
        for currency in ("EUR", "RWF", "KES", "PLN", "RUB", "USD", "SEK", "GBP", "CHF"):
            try:
                report = importing.import_file(
                    data=data, name=path.name, rail_code=rail_for(currency, accounts), at=NOON
                )
            except importing.NotRead:
                fates[path.name] = "not read"
                break
            held = {one.held_back for one in report.statements}
            fates[path.name] = ", ".join(sorted(held)) or "posted"
            if held != {"currency"}:
                break
    assert fates.keys() == {path.name for path in files()}
    assert StatementFile.objects.filter(state="POSTED").exists()
    with connection.cursor() as cursor:
        for one in INVARIANTS:
            cursor.execute(one.sql)
            assert not cursor.fetchall(), one.code
    assert not StatementLine.objects.exclude(fate__in=LineFate.values).exists()
    for path in files():
        importing_again = importing_twice(path)
        assert importing_again in (0, None), path.name


def importing_twice(path):
    file = StatementFile.objects.filter(name=path.name).first()
    if file is None or file.state == "UNREADABLE":
        return None
    return importing.post(file_id=file.pk, at=NOON).new
