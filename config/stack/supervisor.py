"""`make run`: everything under one process, which starts, watches, restarts and stops it."""

import contextlib
import json
import os
import signal
import socket
import time
import urllib.request
from types import FrameType

from config.stack import backing, preparation
from config.stack.backing import Backing
from config.stack.children import Child
from config.stack.home import CannotRun, Home
from config.stack.servers import ServerBroken, birth

READY_SECONDS_MAX = 120.0
STOP_SECONDS_MAX = 15.0
TICK_SECONDS = 0.2


class Stopped(Exception):
    """Somebody asked it to stop while it was still starting."""


class Supervisor:
    """One run on one home."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.begun = time.monotonic()
        self.asked_to_stop = False
        self.backing: Backing | None = None
        self.children: list[Child] = []
        self.facts: dict[str, object] = {}
        self.revive_at = 0.0

    def say(self, text: str) -> None:
        # Whoever listened may be gone (`make run | head`): stopping goes on all the same.
        with contextlib.suppress(OSError):
            print(f"{time.monotonic() - self.begun:7.1f} s  {text}", flush=True)

    def run(self) -> None:
        """Start, watch until asked to stop, stop. Raises CannotRun, ServerMissing, ServerBroken."""
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, self._ask_to_stop)
        try:
            self._start()
            while not self.asked_to_stop:
                self._watch()
                time.sleep(TICK_SECONDS)
        except Stopped:
            pass
        finally:
            self._stop()

    def _ask_to_stop(self, sign: int, frame: FrameType | None) -> None:
        # Nothing is waited for in a signal handler.
        self.asked_to_stop = True

    def _look_up(self) -> None:
        if self.asked_to_stop:
            raise Stopped

    def _start(self) -> None:
        for name in self.home.reap():
            self.say(f"ended {name} of a run that was killed")
        secrets = self.home.secrets()
        self.backing = backing.start(self.home, secrets)
        self.say(self.backing.describe())
        host = os.environ.get("HOST", "127.0.0.1")
        port = self._port("PORT", 8000, host)
        sandbox_port = self._port("SANDBOX_PORT", 8001, "127.0.0.1", but=(port,))
        callbacks_port = self._port("CALLBACKS_PORT", 8002, host, but=(port, sandbox_port))
        environment = self._environment(secrets, self.backing, port, sandbox_port, callbacks_port)
        self.home.keep_environment(environment)
        children = preparation.product(
            self.home,
            environment,
            host=host,
            port=port,
            callbacks_port=callbacks_port,
            sandbox_port=sandbox_port,
        )
        self.facts = {
            "country": self.home.country,
            "site": environment["SITE_URL"],
            "sandbox": environment["SANDBOX_URL"],
            "supervisor": {"pid": os.getpid(), "birth": birth(os.getpid())},
        }
        self._tell()
        preparation.prepare(self.home, environment, self.backing.owner_url, self._look_up)
        self.say("migrated as the owner, words and static files ready")
        # The pack loads while the processes come up: they need the tables, not yet the rows.
        self.children = children
        for child in children:
            child.start()
        self._tell()
        seed = preparation.seed(self.home, environment)
        seed.start()
        preparation.finish(seed, self._look_up)
        self.say(f"country {self.home.country}, development keys and demonstration people loaded")
        reached_by = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104
        self._wait_ready(
            f"http://{reached_by}:{port}",
            f"http://{reached_by}:{callbacks_port}",
            f"http://127.0.0.1:{sandbox_port}",
        )
        self._greet(environment)

    def _environment(
        self,
        secrets: dict[str, str],
        servers: Backing,
        port: int,
        sandbox_port: int,
        callbacks_port: int,
    ) -> dict[str, str]:
        given = dict(os.environ)
        for name in [name for name in given if name.startswith("PG")]:
            del given[name]
        given.pop("OWNER_DATABASE_URL", None)
        made = {name: value for name, value in secrets.items() if name.isupper()}
        wiring = {
            "GUICHET_ENV": "development",
            "COUNTRY": self.home.country,
            "VAR_DIR": str(self.home.folder),
            "DATABASE_URL": servers.app_url,
            "REDIS_URL": servers.broker_url,
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        addresses = {
            "SITE_URL": f"http://127.0.0.1:{port}",
            "SANDBOX_URL": f"http://127.0.0.1:{sandbox_port}",
            "CALLBACK_BASE": f"http://127.0.0.1:{callbacks_port}",
        }
        if not os.environ.get("MAIL_HOST"):
            addresses["MAIL_PORT"] = str(self._port("MAIL_PORT", 8025, "127.0.0.1"))
        # What the person set wins over what was made for her.
        return {**addresses, **made, **given, **wiring}

    def _port(self, name: str, usual: int, host: str, but: tuple[int, ...] = ()) -> int:
        """The port that was named, or else the first free one from the usual on."""
        named = os.environ.get(name, "")
        if named:
            port = int(named) if named.isascii() and named.isdigit() else 0
            if not 0 < port < 65536:
                raise CannotRun(f"{name} must be a number from 1 to 65535.")
            # Whoever names a port has told it to others: another would not be found.
            if port in but or not _is_free(host, port):
                raise CannotRun(f"Port {port} of {name} cannot be had on {host}: name another.")
            return port
        for port in range(usual, usual + 50):
            if port in but or not _is_free(host, port):
                continue
            if port != usual and usual not in but:
                self.say(f"port {usual} is taken: {port} instead (set {name} to choose)")
            return port
        raise CannotRun(f"No port from {usual} to {usual + 49} is free on {host}: set {name}.")

    def _wait_ready(self, site: str, callbacks: str, sandbox: str) -> None:
        waiting = {
            "the first page": lambda: _answers(f"{site}/"),
            "health": lambda: _answers(f"{site}/api/health/"),
            "the callbacks": lambda: _answers(f"{callbacks}/health"),
            "the sandbox": lambda: _answers(f"{sandbox}/health"),
            "the worker": self._worker_listens,
        }
        end = time.monotonic() + READY_SECONDS_MAX
        while waiting:
            for what in [what for what, ready in waiting.items() if ready()]:
                del waiting[what]
            self._look_up()
            self._watch()
            if time.monotonic() > end:
                raise CannotRun(f"{' and '.join(waiting)} did not come up: see {self._logs}.")
            time.sleep(0.1)

    def _worker_listens(self) -> bool:
        return self.backing is not None and self.backing.has_consumer()

    @property
    def _logs(self) -> str:
        return str(self.home.folder / "logs")

    def _watch(self) -> None:
        said = [child.tend() for child in self.children]
        if self.backing is not None and time.monotonic() > self.revive_at:
            try:
                said.append(self.backing.revive())
            except ServerBroken as error:
                self.revive_at = time.monotonic() + 5
                said.append(str(error))
        if any(said):
            for words in filter(None, said):
                self.say(words)
            self._tell()

    def _tell(self) -> None:
        children = {child.name: child.facts for child in self.children if child.alive}
        valkey = self.backing.valkey if self.backing is not None else None
        if valkey is not None and valkey.process is not None:
            children["valkey"] = {"pid": valkey.process.pid, "birth": birth(valkey.process.pid)}
        self.home.tell({**self.facts, "children": children})

    def _greet(self, environment: dict[str, str]) -> None:
        self.say("ready\n")
        print(f"  Site     {environment['SITE_URL']}/")
        print(
            f"  Phone    {environment['SANDBOX_URL']}/   (the sandbox: messages, prompts, keypad)"
        )
        demo = self.home.folder / "demo.json"
        if demo.exists():
            for person in json.loads(demo.read_text()):
                print(f"  Login    {person['login']}   {person['password']}   {person['who']}")
        print(f"  Data     {self.home.folder}   (logs in {self._logs})")
        print("  Ctrl-C stops everything; the data stays.\n", flush=True)

    def _stop(self) -> None:
        if self.children:
            self.say("stopping")
        for child in self.children:
            child.ask_to_stop()
        until = time.monotonic() + STOP_SECONDS_MAX
        for child in self.children:
            child.wait_stopped(until)
        if self.backing is not None:
            self.backing.stop()
            self.home.run_file.unlink(missing_ok=True)
            self.say(f"stopped; the data is in {self.home.folder}")


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:  # Taken, or below 1024 and not ours to have.
            return False
    return True


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310
            return int(response.status) == 200
    except OSError:
        return False


def main() -> int:
    home = Home.of_environment()
    with home.locked():
        Supervisor(home).run()
    return 0
