"""Health of one container, by exit code: `python -m config.stack.container web`."""

import os
import ssl
import sys
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import redis

BEAT_SECONDS_MAX = 600
WIRE = Path("/run/wire")


def web() -> bool:
    # By the site's own name: Django refuses any other.
    host = urlsplit(os.environ["SITE_URL"]).hostname or "127.0.0.1"
    return _answers("/api/health/", {"Host": host})


def callbacks() -> bool:
    return _answers("/health", {})


def sandbox() -> bool:
    return _answers("/health", {}, port=8001)


def _answers(path: str, headers: dict[str, str], *, port: int = 8000) -> bool:
    request = urllib.request.Request(f"https://127.0.0.1:{port}{path}", headers=headers)
    ours = ssl.create_default_context(cafile=str(WIRE / "ca.pem"))
    with urllib.request.urlopen(request, timeout=5, context=ours) as answer:  # noqa: S310
        return bool(answer.status == 200)


def poster() -> bool:
    with psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=5) as connection:
        return connection.execute("SELECT 1").fetchone() == (1,)


def worker() -> bool:
    broker = redis.Redis.from_url(os.environ["REDIS_URL"], socket_timeout=5)
    return any(str(client.get("cmd", "")).startswith("brpop") for client in broker.client_list())


def beat() -> bool:
    # Beat writes its schedule down every three minutes.
    written = [file.stat().st_mtime for file in Path("/var/lib/guichet/beat").glob("schedule*")]
    return bool(written) and time.time() - max(written) < BEAT_SECONDS_MAX


CHECKS = {
    "web": web,
    "callbacks": callbacks,
    "sandbox": sandbox,
    "poster": poster,
    "worker": worker,
    "beat": beat,
}

if __name__ == "__main__":
    sys.exit(0 if CHECKS[sys.argv[1]]() else 1)
