"""
The officers' queue among a million cases and among ten: pages over HTTP, and each list's SQL.

Whoever is asked for sits at the biggest office (four times the mean), in its district, or over the
country. `--cases 1000000,10000000` grows one database: some 15 GB at ten million.
"""

import json
import subprocess
import sys

from bench import seeding
from bench.machine import Machine, machine
from bench.report import Report
from bench.web import Answers, web
from config.stack.home import ROOT

CASES = "1000000"
P99_MS_MAX = 50.0
GROWTH_MAX = 1.2
# Who looks, the page, and what is typed. The first three are what an officer sees all day.
PAGES: dict[str, tuple[str, str, dict[str, str] | None]] = {
    "officer, mine": ("officer", "/desk/?list=mine", None),
    "officer, her office": ("officer", "/desk/?list=office", None),
    "district, its area": ("district", "/desk/?list=office", None),
    "country, all": ("country", "/desk/?list=office", None),
    "country, newest": ("country", "/desk/?list=office&sort=newest", None),
    "country, with nobody": ("country", "/desk/?list=unassigned", None),
    "country, with the citizen": ("country", "/desk/?list=citizen", None),
    "officer, done today": ("officer", "/desk/?list=done", None),
    "search by digits": ("officer", "/desk/search/", {"q": "00300001"}),
    "search by name": ("officer", "/desk/search/", {"q": "Uwase Chantal Diane"}),
    "search by a rare name": ("district", "/desk/search/", {"q": "Ingabireaea"}),
}

# Gives three people their rights, signs them in, and says their cookies and ids.
VIEWERS = """
import django, json
django.setup()
from datetime import timedelta
from django.db import connection
from django.test import Client
from django.utils import timezone
from accounts.models import Account, Grant, Person
from places.models import Area
now = timezone.now()
people = [
    Account.objects.create(
        kind="staff", login=name, email=name,
        person=Person.objects.create(family_name=name, given_names=name),
    )
    for name in [f"{who}{now.timestamp()}@bench.example"
                 for who in ("district", "country", "giver", "confirmer")]
]
district, country, giver, confirmer = people
# Rights come from rights: the two who give the others theirs hold this one for a second.
for account, act, by in ((giver, "rights.give", confirmer), (confirmer, "rights.confirm", giver)):
    Grant.objects.create(account=account, act=act, from_at=now, until_at=now + timedelta(seconds=1),
        given_by=by, given_at=now, confirmed_by=country, confirmed_at=now)
with connection.cursor() as cursor:
    cursor.execute("SELECT id, area_id FROM places_office WHERE id = "
                   "(SELECT office_id FROM accounts_account WHERE id = 1000000010)")
    office_id, area_id = cursor.fetchone()
sector = Area.objects.get(pk=area_id)
viewers = {
    "officer": (Account.objects.get(pk=1000000010), sector),
    "district": (district, sector.parent),
    "country": (country, None),
}
told = {}
for name, (account, area) in viewers.items():
    Grant.objects.create(
        account=account, act="case.decide" if name == "officer" else "case.supervise",
        area=area, from_at=now, given_by=giver, given_at=now,
        confirmed_by=confirmer, confirmed_at=now,
    )
    browser = Client()
    browser.force_login(account)
    told[name] = {
        "id": account.pk,
        "cookie": "; ".join(f"{key}={one.value}" for key, one in browser.cookies.items()),
    }
print(json.dumps(told))
"""


def measure(report: Report, *, sizes: list[int]) -> None:
    """Make the cases, ask for the pages, explain the lists; and again at the next size."""
    report.facts["cases"] = sizes
    made: dict[int, dict[str, Answers]] = {}
    with machine(bills=1) as ready:
        seeding.prepare(ready)
        before = 0
        for size in sizes:
            seconds = seeding.more_cases(ready, made=before, until=size)
            report.row(f"desk: {size - before:,} cases made", seconds, "s")
            print(f"{size:,} cases in {seconds:.0f} s", flush=True)
            made[size] = _at(ready, report, size)
            before = size
    if len(sizes) > 1:
        _grown(report, made, sizes[0], sizes[-1])


def _at(ready: Machine, report: Report, size: int) -> dict[str, Answers]:
    ready.settle()
    found: dict[str, Answers] = {}
    with web(ready, VIEWERS) as site:
        viewers = json.loads(site.said)
        for name, (who, path, typed) in PAGES.items():
            answers = site.ask(path, cookie=viewers[who]["cookie"], typed=typed)
            assert answers is not None
            found[name] = answers
            _say(report, f"{name}, {size:,} cases", answers)
    _explain(ready, report, viewers, size)
    return found


def _say(report: Report, name: str, answers: Answers) -> None:
    cpu = " + ".join(f"{role} {value:.1f}" for role, value in answers.cpu_ms.items())
    note = f"p99 {answers.p99_ms:.1f}, max {answers.max_ms:.1f}; {answers.queries:.0f} queries"
    report.row(f"desk: {name}, p50", answers.p50_ms, "ms", f"{note}; CPU ms: {cpu}")
    print(f"{name}: p50 {answers.p50_ms:.1f}, {note}; CPU ms: {cpu}", flush=True)
    report.at_most(f"desk: {name}: p99 ms", answers.p99_ms, P99_MS_MAX)


def _explain(ready: Machine, report: Report, viewers: dict[str, dict[str, str]], size: int) -> None:
    """Print what PostgreSQL does for each list, by itself."""
    ids = {name: viewer["id"] for name, viewer in viewers.items()}
    told = subprocess.run(
        [sys.executable, "-m", "bench.desk_sql", json.dumps(ids)],
        cwd=ROOT,
        env=ready.environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout
    for line in told.splitlines():
        one = json.loads(line)
        note = f"{one['buffers']:,} buffers; {', '.join(one['by'])}"
        name = f"desk: SQL of {one['who']}, {one['what']}, {size:,} cases"
        report.row(name, one["ms"], "ms", note)
        print(f"{name}: {one['ms']:.2f} ms, {note}", flush=True)


def _grown(report: Report, made: dict[int, dict[str, Answers]], few: int, many: int) -> None:
    for name in PAGES:
        grown = made[many][name].p50_ms / made[few][name].p50_ms
        report.at_most(f"desk: {name}: p50, {many:,} beside {few:,} cases", grown, GROWTH_MAX)
