"""The database and the broker under a running stack: embedded, or those of the environment."""

import os
from dataclasses import dataclass
from urllib.parse import urlsplit

import redis

from config.stack.home import CannotRun, Home
from config.stack.postgres import Postgres
from config.stack.roles import provision
from config.stack.valkey import Valkey

DATABASE = "guichet"


@dataclass(kw_only=True)
class Backing:
    """What the children find by environment: `app_url` and `owner_url` are the two logins."""

    app_url: str
    owner_url: str
    broker_url: str
    postgres: Postgres | None
    valkey: Valkey | None

    def stop(self) -> None:
        """The database last: the broker has nothing that it needs."""
        for server in (self.valkey, self.postgres):
            if server is not None:
                server.stop()

    def revive(self) -> str:
        """Start again, on its port, a server that died; returns what there is to say."""
        for name, server in (("PostgreSQL", self.postgres), ("Valkey", self.valkey)):
            if (
                server is not None
                and server.process is not None
                and server.process.poll() is not None
            ):
                server.restart()
                return f"{name} had ended and runs again on port {server.port}"
        return ""

    def describe(self) -> str:
        database = f"PostgreSQL on {_place(self.app_url)}" + ("" if self.postgres else " (outside)")
        broker = f"broker on {_place(self.broker_url)}" + ("" if self.valkey else " (outside)")
        return f"{database}, {broker}"

    def has_consumer(self) -> bool:
        """Whether a worker waits on the broker for its next task."""
        try:
            clients = redis.Redis.from_url(self.broker_url, socket_timeout=2).client_list()
        except redis.RedisError:
            return False
        return any(str(client.get("cmd", "")).startswith("brpop") for client in clients)


def _place(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or 'default port'}"


def start(home: Home, secrets: dict[str, str]) -> Backing:
    """Start what the environment does not name. Raises CannotRun, ServerMissing, ServerBroken."""
    postgres, app_url, owner_url = _database(home, secrets)
    try:
        valkey, broker_url = _broker(home, secrets)
    except Exception:
        if postgres is not None:
            postgres.stop()
        raise
    return Backing(
        app_url=app_url,
        owner_url=owner_url,
        broker_url=broker_url,
        postgres=postgres,
        valkey=valkey,
    )


def _database(home: Home, secrets: dict[str, str]) -> tuple[Postgres | None, str, str]:
    app_url = os.environ.get("DATABASE_URL", "")
    owner_url = os.environ.get("OWNER_DATABASE_URL", "")
    if app_url and owner_url:
        return None, app_url, owner_url
    if app_url or owner_url:
        raise CannotRun(
            "DATABASE_URL (the application's login) and OWNER_DATABASE_URL (the login that "
            "migrates) go together; `make roles SUPERUSER_URL=...` makes both on your server."
        )
    postgres = Postgres(folder=home.folder / "postgres", password=secrets["postgres_password"])
    postgres.start()
    try:
        logins = provision(
            postgres.superuser_dsn(),
            owner_password=secrets["owner_password"],
            app_password=secrets["app_password"],
            database=DATABASE,
        )
    except Exception:
        postgres.stop()
        raise
    return postgres, logins.app, logins.owner


def _broker(home: Home, secrets: dict[str, str]) -> tuple[Valkey | None, str]:
    if named := os.environ.get("REDIS_URL"):
        return None, named
    valkey = Valkey(folder=home.folder / "valkey", password=secrets["broker_password"])
    valkey.start()
    return valkey, valkey.url()
