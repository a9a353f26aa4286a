"""What a bare or broken machine is told: one clear sentence, and an exit code that is not 0."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import bootstrap
from config.stack import backing, postgres, preparation, valkey
from config.stack.checks import COMPOSE_NEEDS, production
from config.stack.home import ROOT, CannotRun, Home
from config.stack.postgres import Postgres
from config.stack.servers import ServerBroken, ServerMissing
from config.stack.supervisor import Supervisor
from config.stack.valkey import Valkey


@pytest.fixture
def home(tmp_path: Path) -> Home:
    (tmp_path / "logs").mkdir()
    return Home(country="rw", folder=tmp_path)


def test_a_wrong_python_is_told_so(monkeypatch, tmp_path, capsys) -> None:
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / "venv")
    monkeypatch.setattr(bootstrap, "VERSIONS", ((3, 99),))
    assert bootstrap.main(["run"]) == 1
    said = capsys.readouterr().err.strip()
    assert said.startswith("guichet: Guichet needs Python 3.11, 3.12 or 3.13")
    assert "\n" not in said


def test_bootstrap_reads_on_a_python_that_is_too_old() -> None:
    compile((ROOT / "config" / "bootstrap.py").read_text(), "bootstrap.py", "exec")
    source = (ROOT / "config" / "bootstrap.py").read_text()
    assert ":=" not in source
    assert "from __future__" not in source


def test_a_package_that_cannot_be_had_is_named(monkeypatch, tmp_path, capsys) -> None:
    lock = tmp_path / "requirements"
    lock.mkdir()
    (lock / "run.txt").write_text("guichet-not-there==1 --hash=sha256:" + "0" * 64 + "\n")
    monkeypatch.setattr(bootstrap, "REQUIREMENTS", lock)
    monkeypatch.setattr(bootstrap, "make_venv", lambda: None)
    monkeypatch.setattr(bootstrap, "STAMP", tmp_path / "stamp")
    monkeypatch.setattr(bootstrap, "_uv", lambda: None)
    pip = "print('ERROR: No matching distribution found for guichet-not-there==1'); exit(1)"
    monkeypatch.setattr(bootstrap, "_pip", lambda: [sys.executable, "-c", pip])
    assert bootstrap.main(["run"]) == 1
    assert "No matching distribution found for guichet-not-there" in capsys.readouterr().err
    assert not (tmp_path / "stamp").exists()


def test_a_missing_server_wheel_is_named(monkeypatch) -> None:
    monkeypatch.delenv("PG_BIN", raising=False)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setattr(Path, "glob", lambda self, pattern: iter(()))
    with pytest.raises(ServerMissing, match=r"PostgreSQL is missing.*DATABASE_URL"):
        postgres.postgres_bin()
    with pytest.raises(ServerMissing, match=r"Valkey is missing.*REDIS_URL"):
        valkey.broker_bin()


def test_a_folder_that_is_no_cluster_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "letters.txt").write_text("mine")
    with pytest.raises(ServerBroken, match="is not a PostgreSQL data folder"):
        Postgres(folder=tmp_path, password="x").start()
    assert (tmp_path / "data" / "letters.txt").read_text() == "mine"


def test_a_broken_cluster_says_what_postgresql_says(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o700)
    (tmp_path / "data" / "PG_VERSION").write_text("7\n")
    with pytest.raises(ServerBroken, match=r"PostgreSQL does not start on .*data: ."):
        Postgres(folder=tmp_path, password="x").start()


def test_a_broken_broker_file_says_so(tmp_path: Path) -> None:
    (tmp_path / "appendonlydir").mkdir()
    (tmp_path / "appendonlydir" / "appendonly.aof.manifest").write_text("nonsense\n")
    with pytest.raises(ServerBroken, match="Valkey does not start in"):
        Valkey(folder=tmp_path, password="x").start()


def test_data_without_its_secrets_is_not_opened(home: Home) -> None:
    (home.folder / "postgres" / "data").mkdir(parents=True)
    (home.folder / "postgres" / "data" / "PG_VERSION").write_text("18\n")
    with pytest.raises(CannotRun, match=r"secrets\.json is gone"):
        home.secrets()


def test_broken_secrets_are_not_replaced(home: Home) -> None:
    (home.folder / "secrets.json").write_text("{")
    with pytest.raises(CannotRun, match=r"secrets\.json cannot be read"):
        home.secrets()
    assert (home.folder / "secrets.json").read_text() == "{"


def test_secrets_are_made_once_and_for_the_owner_alone(home: Home) -> None:
    made = home.secrets()
    assert home.secrets() == made
    assert len(set(made.values())) == len(made)
    assert (home.folder / "secrets.json").stat().st_mode & 0o077 == 0


def test_a_new_secret_joins_the_kept_ones(home: Home) -> None:
    made = home.secrets()
    (home.folder / "secrets.json").write_text(json.dumps({"SECRET_KEY": made["SECRET_KEY"]}))
    again = home.secrets()
    assert again["SECRET_KEY"] == made["SECRET_KEY"]
    assert again.keys() == made.keys()


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield int(other.getsockname()[1])


@pytest.mark.parametrize("name", ["PORT", "SANDBOX_PORT"])
def test_a_usual_port_that_is_taken_is_said_and_the_next_is_used(
    home: Home, monkeypatch, capsys, taken: int, name: str
) -> None:
    monkeypatch.delenv(name, raising=False)
    assert Supervisor(home)._port(name, taken, "127.0.0.1") > taken
    assert f"port {taken} is taken" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["PORT", "SANDBOX_PORT"])
def test_a_port_that_was_named_is_had_or_nothing_runs(
    home: Home, monkeypatch, taken: int, name: str
) -> None:
    monkeypatch.setenv(name, str(taken))
    with pytest.raises(CannotRun, match=f"Port {taken} of {name} cannot be had"):
        Supervisor(home)._port(name, 8000, "127.0.0.1")


def test_a_port_that_was_named_for_both_is_refused(home: Home, monkeypatch) -> None:
    monkeypatch.setenv("SANDBOX_PORT", "8000")
    with pytest.raises(CannotRun, match="Port 8000 of SANDBOX_PORT"):
        Supervisor(home)._port("SANDBOX_PORT", 8001, "127.0.0.1", but=(8000,))


@pytest.mark.parametrize("port", ["no number", "0", "65536", "-1", "²"])
def test_a_port_that_is_none_is_one_sentence(home: Home, monkeypatch, port: str) -> None:
    monkeypatch.setenv("PORT", port)
    with pytest.raises(CannotRun, match="PORT must be a number"):
        Supervisor(home)._port("PORT", 8000, "127.0.0.1")


def test_one_supervisor_a_folder(home: Home) -> None:
    with home.locked(), pytest.raises(CannotRun, match="runs already"), home.locked():
        pass


def said_by_stack(**environment: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "config.stack", "run"],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stderr.strip()


def test_an_unknown_country_is_one_sentence(tmp_path: Path) -> None:
    code, said = said_by_stack(COUNTRY="zz", VAR_DIR=str(tmp_path))
    assert code == 1
    assert said.startswith("guichet: There is no country pack 'zz'")
    assert "Traceback" not in said


def test_a_taken_port_is_one_sentence(tmp_path: Path, taken: int) -> None:
    tmp_path.chmod(0o711)
    code, said = said_by_stack(PORT=str(taken), VAR_DIR=str(tmp_path))
    assert code == 1
    assert said == f"guichet: Port {taken} of PORT cannot be had on 127.0.0.1: name another."


def test_half_an_outside_database_is_one_sentence(tmp_path: Path) -> None:
    code, said = said_by_stack(OWNER_DATABASE_URL="", VAR_DIR=str(tmp_path))
    assert code == 1
    assert "go together" in said
    assert "Traceback" not in said


def test_a_data_folder_that_is_a_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("")
    code, said = said_by_stack(VAR_DIR=str(tmp_path / "var"))
    assert code == 1
    assert said.startswith("guichet: The data folder")
    assert "Traceback" not in said


@pytest.mark.parametrize("name", COMPOSE_NEEDS)
def test_compose_refuses_to_start_without(name: str) -> None:
    environment = {**os.environ, **production()}
    del environment[name]
    done = subprocess.run(
        [Path(sys.executable).parent / "docker-compose", "--profile", "*", "config", "-q"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert name in done.stderr


def test_the_sandbox_plays_the_rail_by_contract_of_the_pack(home: Home) -> None:
    given = {"SITE_URL": "http://127.0.0.1:8000", "BANK_SECRET": "b" * 16, "SECRET_KEY": "s"}
    children = preparation.product(
        home, given, host="127.0.0.1", port=8000, callbacks_port=8002, sandbox_port=8001
    )
    sandbox = children[-1].environment
    assert (sandbox["BANK_RAIL"], sandbox["BANK_SECRET"]) == ("bank-rw", "b" * 16)
    assert "SECRET_KEY" not in sandbox


def test_servers_of_the_environment_are_used(home: Home) -> None:
    servers = backing.start(home, home.secrets())
    assert (servers.postgres, servers.valkey) == (None, None)
    assert servers.app_url == os.environ["DATABASE_URL"]
    assert servers.owner_url == os.environ["OWNER_DATABASE_URL"]
    assert servers.broker_url == os.environ["REDIS_URL"]
    assert not (home.folder / "postgres").exists()
