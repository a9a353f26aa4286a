"""Stores of files to test with: a folder, a bucket of moto's server, and one that makes trouble."""

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import boto3
import httpx
import pytest
from moto.server import ThreadedMotoServer

from kernel.files import bucket
from kernel.files.base import path_of
from kernel.models import StoredFile

BUCKET_SETTINGS = {
    "S3_REGION": "eu-west-1",
    "S3_ACCESS_KEY": "guichet",
    "S3_SECRET_KEY": "a-secret-of-the-store",
}


def name_of(sha256: str) -> str:
    """Return the name of a file in the store: of the sealed one, which a row knows."""
    row = StoredFile.objects.filter(pk=sha256).first()
    return row.sealed_as if row and row.sealed_as else sha256


class Place:
    """Where a store's files lie, looked at from behind."""

    def __init__(self, settings, endpoint: str, folder: Path) -> None:
        self.folder = folder
        settings.FILES_DIR = folder
        settings.S3_ENDPOINT, settings.S3_BUCKET = endpoint, f"papers-{uuid.uuid4().hex[:12]}"
        for name, value in BUCKET_SETTINGS.items():
            setattr(settings, name, value)
        self.bucket = settings.S3_BUCKET
        self.client = boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name="eu-west-1",
            aws_access_key_id="x",
            aws_secret_access_key="x",
        )
        self.client.create_bucket(
            Bucket=self.bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
        self.client.put_bucket_versioning(
            Bucket=self.bucket, VersioningConfiguration={"Status": "Enabled"}
        )

    def tamper(self, kind: str, sha256: str, data: bytes) -> None:
        if kind == "local":
            (self.folder / path_of(name_of(sha256))).write_bytes(data)
        else:
            self.client.put_object(Bucket=self.bucket, Key=path_of(name_of(sha256)), Body=data)

    def lose(self, kind: str, sha256: str) -> None:
        if kind == "local":
            (self.folder / path_of(name_of(sha256))).unlink()
        else:
            self.client.delete_object(Bucket=self.bucket, Key=path_of(name_of(sha256)))

    def writings(self, kind: str) -> int:
        """Return how often a file was written; overwriting counts."""
        if kind == "local":
            return sum(path.is_file() for path in self.folder.rglob("*"))
        return len(self.client.list_object_versions(Bucket=self.bucket).get("Versions", []))


@pytest.fixture(scope="session")
def object_store() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def impatient(monkeypatch) -> None:
    """A tenth of the patience with a store, where a test would wait for the end of it."""
    for name in ("CONNECT_SECONDS", "READ_SECONDS", "BODY_SECONDS"):
        monkeypatch.setattr(bucket, name, getattr(bucket, name) / 10)


@pytest.fixture
def place(settings, object_store: str, tmp_path: Path) -> Place:
    return Place(settings, object_store, tmp_path / "files")


class _Troubled(BaseHTTPRequestHandler):
    """Passes on to the real one, but for its trouble."""

    protocol_version = "HTTP/1.1"
    trouble, behind, asked = "", "", 0
    over = threading.Event()

    def _answer(self) -> None:
        type(self).asked += 1
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        match self.trouble:
            case "hangs":
                self.over.wait(5)
                self.close_connection = True
            case "breaks":
                self._send(500, b"<Error><Code>InternalError</Code></Error>")
            case "refuses":
                self._send(403, b"<Error><Code>AccessDenied</Code></Error>")
            case "drips":
                self._drip()
            case "cuts short":
                self._send(200, b"half of it", promised=100)
                self.close_connection = True
            case "knows no conditions" if "If-None-Match" in self.headers:
                self._send(501, b"<Error><Code>NotImplemented</Code></Error>")
            case _:
                self._pass_on(body)

    do_GET = do_PUT = do_HEAD = _answer  # noqa: N815

    def _pass_on(self, body: bytes) -> None:
        told = httpx.request(
            self.command, self.behind + self.path, headers=dict(self.headers), content=body
        )
        self._send(told.status_code, told.content, promised=int(told.headers["Content-Length"]))

    def _send(self, status: int, body: bytes, *, promised: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if promised is None else promised))
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else body)

    def _drip(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(64 * 1024 * 100))
        self.end_headers()
        try:
            for _ in range(100):
                self.wfile.write(bytes(64 * 1024))
                if self.over.wait(0.1):
                    break
        except OSError:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        return


@contextmanager
def troubled(settings, place: Place, trouble: str) -> Iterator[type[_Troubled]]:
    """Put a store in front of the bucket that makes this trouble."""
    handler = type(
        "Handler",
        (_Troubled,),
        {
            "trouble": trouble,
            "behind": settings.S3_ENDPOINT,
            "asked": 0,
            "over": threading.Event(),
        },
    )
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    ).start()
    real, settings.S3_ENDPOINT = settings.S3_ENDPOINT, f"http://127.0.0.1:{server.server_port}"
    try:
        yield handler
    finally:
        settings.S3_ENDPOINT = real
        handler.over.set()
        server.shutdown()
        server.server_close()
