"""Inside, nobody comes in without TLS and a certificate of her own: tried on real servers."""

import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis
from django.core.cache.backends.redis import RedisCache
from django.db.utils import ConnectionHandler
from kombu import Connection

from config import settings as house
from config.stack import wire
from tests.config import walled
from tests.config.walled import Issued


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("wire")
    for each in (made, made.parent, made.parent.parent):
        each.chmod(0o711)  # Where user namespaces are blocked PostgreSQL runs as nobody.
    return made


@pytest.fixture(scope="module")
def ours(folder: Path) -> Issued:
    return walled.issued(folder / "ours")


@pytest.fixture(scope="module")
def theirs(folder: Path) -> Issued:
    return walled.issued(folder / "theirs")


@pytest.fixture(scope="module")
def database(folder: Path, ours: Issued) -> Iterator[int]:
    with walled.postgres(folder, ours) as server:
        yield server.port


@pytest.fixture(scope="module")
def broker(folder: Path, ours: Issued) -> Iterator[int]:
    with walled.broker(folder, ours) as port:
        yield port


def through_django(url: str) -> tuple[str, ...]:
    wrapper = ConnectionHandler({"default": house.database(url)})["default"]
    # Not `cursor`: it would ask for the fixture of another database.
    with wrapper.get_new_connection(wrapper.get_connection_params()) as connection:
        return tuple(
            connection.execute(
                "SELECT current_user::text, ssl::text, version, client_dn FROM pg_stat_ssl"
                " WHERE pid = pg_backend_pid()"
            ).fetchone()
        )


@walled.needs_postgres
@pytest.mark.parametrize(
    ("part", "login"),
    [
        ("web", "guichet_app"), ("worker-slow", "guichet_app"), ("country", "guichet_app"),
        ("owner", "guichet_owner"), ("owner", "guichet_app"), ("wire", "guichet_wire"),
    ],
)  # fmt: skip
def test_each_part_has_its_login_by_its_certificate(database, ours, part, login):
    url = ours.database(database, login=login, part=part)
    assert through_django(url) == (login, "true", "TLSv1.3", f"/CN={part}")


@walled.needs_postgres
@pytest.mark.parametrize(
    ("part", "login"),
    [
        ("web", "guichet_owner"), ("web", "guichet_wire"), ("web", "postgres"),
        ("owner", "guichet_wire"), ("wire", "guichet_app"), ("sandbox", "guichet_app"),
        ("broker", "guichet_app"), ("", "guichet_app"), ("", "postgres"),
    ],
)  # fmt: skip
def test_no_part_has_the_login_of_another(database, ours, part, login):
    with pytest.raises(psycopg.OperationalError):
        through_django(ours.database(database, login=login, part=part))


@walled.needs_postgres
@pytest.mark.parametrize("login", ["guichet_app", "guichet_owner", "postgres"])
def test_the_database_takes_nothing_plain(database, ours, login):
    with pytest.raises(psycopg.OperationalError, match="no encryption"):
        psycopg.connect(ours.database(database, login=login, part="web", sslmode="disable"))


@walled.needs_postgres
def test_the_certificate_of_another_authority_opens_nothing(database, ours, theirs):
    url = ours.database(database, login="guichet_app", part=theirs.own("web"))
    with pytest.raises(psycopg.OperationalError, match="unknown ca"):
        through_django(url)


@walled.needs_postgres
def test_a_database_of_another_authority_or_name_is_not_ours(database, ours, theirs):
    foreign = ours.database(database, login="guichet_app", part="web", believes=str(theirs.folder))
    with pytest.raises(psycopg.OperationalError, match="certificate verify failed"):
        through_django(foreign)
    url = ours.database(database, login="guichet_app", part="web", hostaddr="127.0.0.1")
    with pytest.raises(psycopg.OperationalError, match="does not match host name"):
        psycopg.connect(url.replace("localhost", "elsewhere"))


@walled.needs_postgres
def test_a_renewed_certificate_is_shown_without_a_restart(database, ours):
    url = ours.database(database, login="guichet_wire", part="wire")
    with psycopg.connect(url, autocommit=True) as before:
        ours.renew()
        assert wire._has_reread(url)
        # Who was in stays in, and who comes now comes by the new one.
        assert before.execute("SELECT 1").fetchone() == (1,)
        assert through_django(ours.database(database, login="guichet_app", part="web"))[1] == "true"
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            before.execute("SELECT pg_rotate_logfile()")
    assert not wire._has_reread(ours.database(database, login="guichet_wire", part="web"))


def ask(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=3)


def test_the_cache_and_the_queues_are_reached_by_tls_and_a_certificate(broker, ours):
    cache = RedisCache(ours.broker(broker, part="web"), {"OPTIONS": {"socket_timeout": 3}})
    cache.set("a", 1)
    assert cache.get("a") == 1
    with Connection(ours.broker(broker, part="beat")) as beat:
        queue = beat.SimpleQueue("relay")
        queue.put({"hint": 1})
        queue.close()
    with Connection(ours.broker(broker, part="worker")) as worker:
        queue = worker.SimpleQueue("relay")
        assert queue.get(timeout=5).payload == {"hint": 1}
        queue.close()
    assert ask(ours.broker(broker, part="worker")).client_list()
    assert ask(ours.broker(broker, part="web")).acl_whoami() == "web"


@pytest.mark.parametrize("command", ["CONFIG GET *", "ACL LIST", "FLUSHALL", "CLIENT LIST"])
def test_what_a_page_does_not_need_it_may_not(broker, ours, command):
    with pytest.raises(redis.exceptions.NoPermissionError):
        ask(ours.broker(broker, part="web")).execute_command(command)


@pytest.mark.parametrize("part", ["", "sandbox", "postgres"])
def test_the_broker_hears_nobody_else(broker, ours, part):
    with pytest.raises((redis.AuthenticationError, redis.ConnectionError)):
        ask(ours.broker(broker, part=part)).ping()


def test_the_broker_takes_nothing_plain_and_nobody_of_another_authority(broker, ours, theirs):
    for wrong in (
        f"redis://localhost:{broker}/0",
        ours.broker(broker, part=theirs.own("web")),
        ours.broker(broker, part="web", believes=str(theirs.folder)),
        ours.broker(broker, part="web").replace("localhost", "127.0.0.2"),
    ):
        with pytest.raises(redis.ConnectionError):
            ask(wrong).ping()


def test_the_broker_takes_up_a_renewed_certificate_by_itself(broker, ours):
    was = _shown(broker)
    ours.renew()
    end = time.monotonic() + 15
    while _shown(broker) == was:
        assert time.monotonic() < end
        time.sleep(0.2)
    assert ask(ours.broker(broker, part="web")).ping()


def _shown(port: int) -> str:
    return ssl.get_server_certificate(("localhost", port))
