import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sandbox_process import ROOT, SandboxProcess


def run(**env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sandbox"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **env},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )


def test_it_starts_within_a_second_and_a_half(tmp_path: Path) -> None:
    # Of the processor's seconds: those on the clock are of all who share the cores.
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with SandboxProcess({"SANDBOX_STATE": str(tmp_path)}):
        pass
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 3


def test_a_taken_port_is_one_sentence_and_not_a_second_sandbox(sandbox, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    second = run(SANDBOX_PORT=str(sandbox.port), SANDBOX_STATE=str(tmp_path))
    assert second.returncode == 1
    assert second.stderr.count("\n") == 1
    assert "cannot start" in second.stderr


def test_a_wrong_setting_is_one_sentence(tmp_path: Path) -> None:
    ended = run(SANDBOX_PORT="eight", SANDBOX_STATE=str(tmp_path))
    assert (ended.returncode, ended.stderr) == (1, "SANDBOX_PORT must be a number.\n")


def test_a_country_without_synthetic_people_is_empty_and_works(own_sandbox) -> None:  # type: ignore[no-untyped-def]
    sandbox = own_sandbox(SANDBOX_COUNTRY="ty")
    assert sandbox.get("/people.json").json() == {"people": []}
    assert sandbox.get("/phone/248251000101").status_code == 200


@pytest.mark.parametrize(("country", "phone"), [("ke", "254700000101"), ("bi", "25761000101")])
def test_kenya_and_burundi_have_people_with_phones(own_sandbox, country: str, phone: str) -> None:  # type: ignore[no-untyped-def]
    sandbox = own_sandbox(SANDBOX_COUNTRY=country)
    people = sandbox.get("/people.json").json()["people"]
    assert f"+{phone}" in {person["phone"] for person in people}
    assert sandbox.get(f"/phone/{phone}").status_code == 200


def test_it_imports_nothing_of_the_house() -> None:
    known = subprocess.run(
        [sys.executable, "-c", "import sandbox.app, sys; print(*sys.modules)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert not {"django", "kernel", "config", "payments", "registers", "accounts"} & set(known)
