"""Children die and come back; a supervisor that is killed takes all of them along."""

import contextlib
import json
import os
import pwd
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from config.stack.backing import Backing
from config.stack.children import Child
from config.stack.home import ROOT, Home
from config.stack.postgres import Postgres
from config.stack.servers import birth
from config.stack.valkey import Valkey

# A small supervisor: both servers, one child that forks, and then it waits.
FAMILY = """
import json, sys, time
from pathlib import Path
from config.stack.children import Child
from config.stack.postgres import Postgres
from config.stack.servers import birth
from config.stack.valkey import Valkey
folder = Path(sys.argv[1])
postgres = Postgres(folder=folder / "postgres", password="x", throwaway=True)
valkey = Valkey(folder=folder / "valkey", password="x", throwaway=True)
postgres.start()
valkey.start()
child = Child(name="child", command=[sys.executable, "-c", "import time; time.sleep(600)"],
              environment={}, log=folder / "child.log")
child.start()
# Until then the kernel has not been asked yet to end it with its parent.
while b"pdeathsig" in Path(f"/proc/{child.process.pid}/cmdline").read_bytes():
    time.sleep(0.01)
pids = [server.process.pid for server in (postgres, valkey, child)]
print(json.dumps(pids), flush=True)
time.sleep(600)
"""


# The cluster alone, started and stopped by this process; it says whose the server was.
ALONE = """
import os, sys
from pathlib import Path
from config.stack.postgres import Postgres
postgres = Postgres(folder=Path(sys.argv[1]), password="x", throwaway=True)
postgres.start()
owner = os.stat(f"/proc/{postgres.process.pid}").st_uid
postgres.stop()
print(owner)
"""


# It looks for no message, its postmaster's end among them, before it is done.
LONG_WITHOUT_A_PAUSE = "SELECT length(repeat(sha256(repeat('x', 400000000)::bytea)::text, 1))"


def until(true: Callable[[], bool], seconds: float = 60.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.02)
    return False


def test_a_supervisor_killed_with_9_leaves_no_process_behind(tmp_path: Path) -> None:
    tmp_path.chmod(0o711)
    family = subprocess.Popen(
        [sys.executable, "-c", FAMILY, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE
    )
    assert family.stdout is not None
    pids = json.loads(family.stdout.readline())
    assert all(birth(pid) for pid in pids)
    family.kill()
    family.wait()
    family.stdout.close()
    assert until(lambda: not any(birth(pid) for pid in pids))


def child(tmp_path: Path, code: str) -> Child:
    return Child(
        name="child",
        command=[sys.executable, "-c", code],
        environment=dict(os.environ),
        log=tmp_path / "child.log",
    )


def test_a_dead_child_comes_back(tmp_path: Path) -> None:
    sleeper = child(tmp_path, "import time; time.sleep(600)")
    sleeper.start()
    assert sleeper.process is not None
    first = sleeper.process.pid
    sleeper.process.kill()
    assert until(lambda: "signal 9" in sleeper.tend())
    assert until(lambda: sleeper.tend() == "child started again")
    assert sleeper.alive
    assert sleeper.process.pid != first
    sleeper.ask_to_stop()
    sleeper.wait_stopped(time.monotonic() + 5)
    assert not sleeper.alive


def test_a_child_that_cannot_live_is_tried_ever_more_seldom(tmp_path: Path) -> None:
    broken = child(tmp_path, "raise SystemExit(3)")
    broken.start()
    pauses = []
    for _ in range(3):
        assert until(lambda: "exit code 3" in broken.tend())
        pauses.append(broken.next_start_at - time.monotonic())
        broken.next_start_at = time.monotonic()
        assert broken.tend() == "child started again"
    assert pauses[0] < pauses[1] < pauses[2]
    assert until(lambda: not broken.alive)


def test_what_a_killed_child_had_forked_goes_with_it(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys, time;"
        "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']).pid,"
        " flush=True); time.sleep(600)"
    )
    parent = child(tmp_path, code)
    parent.start()
    assert until(lambda: parent.log.read_text().strip().isdigit())
    forked = int(parent.log.read_text())
    assert parent.process is not None
    parent.process.kill()
    assert until(lambda: parent.tend() != "")
    assert until(lambda: not birth(forked))


@pytest.fixture
def servers(tmp_path: Path):
    tmp_path.chmod(0o711)
    postgres = Postgres(folder=tmp_path / "postgres", password="x")
    valkey = Valkey(folder=tmp_path / "valkey", password="x")
    postgres.start()
    valkey.start()
    backing = Backing(
        app_url="", owner_url="", broker_url=valkey.url(), postgres=postgres, valkey=valkey
    )
    yield backing
    backing.stop()


def test_a_killed_database_comes_back_on_its_port_with_what_was_committed(servers) -> None:
    postgres = servers.postgres
    with psycopg.connect(postgres.superuser_dsn(), autocommit=True) as client:
        client.execute("CREATE TABLE kept AS SELECT 1 AS one")
    port = postgres.port
    postgres.process.kill()
    assert until(lambda: "PostgreSQL had ended" in servers.revive())
    assert postgres.port == port
    with psycopg.connect(postgres.superuser_dsn()) as client:
        assert client.execute("SELECT one FROM kept").fetchone() == (1,)


def test_a_database_killed_in_the_middle_of_a_query_comes_back_when_the_query_has_ended(servers):
    postgres = servers.postgres
    started = threading.Event()

    def count() -> None:
        gone = contextlib.suppress(psycopg.OperationalError)
        with gone, psycopg.connect(postgres.superuser_dsn(), autocommit=True) as client:
            started.set()
            client.execute(LONG_WITHOUT_A_PAUSE)

    counting = threading.Thread(target=count)
    counting.start()
    started.wait()
    time.sleep(0.2)
    postgres.process.kill()
    postgres.process.wait()
    assert "PostgreSQL had ended" in servers.revive()
    counting.join()


def test_a_killed_broker_comes_back_on_its_port(servers) -> None:
    port = servers.valkey.port
    servers.valkey.process.kill()
    assert until(lambda: "Valkey had ended" in servers.revive())
    assert servers.valkey.port == port
    assert not servers.has_consumer()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
def test_as_root_without_user_namespaces_postgresql_is_nobodys(tmp_path: Path) -> None:
    for folder in (tmp_path, *tmp_path.parents[:3]):
        folder.chmod(0o711)
    done = subprocess.run(
        [sys.executable, "-c", ALONE, str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "GUICHET_NO_USERNS": "1"},
        capture_output=True,
        text=True,
    )
    nobody = pwd.getpwnam("nobody").pw_uid
    assert (done.returncode, done.stdout.strip()) == (0, str(nobody)), done.stderr
    assert (tmp_path / "data").stat().st_uid == nobody


def test_the_servers_ask_for_their_password(servers) -> None:
    wrong = servers.postgres.superuser_dsn().replace(":x@", ":y@")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)


def test_a_left_over_postmaster_is_stopped_first(tmp_path: Path) -> None:
    tmp_path.chmod(0o711)
    left_over = Postgres(folder=tmp_path, password="x")
    left_over.start()
    fresh = Postgres(folder=tmp_path, password="x")
    fresh.start()
    assert left_over.process is not None
    assert left_over.process.poll() is not None
    fresh.stop()


def test_children_of_a_killed_run_are_ended_and_strangers_left_alone(tmp_path: Path) -> None:
    home = Home(country="rw", folder=tmp_path)
    orphan = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True
    )
    told = {"pid": orphan.pid, "birth": birth(orphan.pid)}
    stranger = {"pid": os.getpid(), "birth": birth(os.getpid()) - 1}
    home.tell({"children": {"web": told, "worker": stranger}})
    assert home.reap() == ["web"]
    assert orphan.wait(60) == -signal.SIGTERM
