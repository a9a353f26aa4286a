"""A small Airtel on a thread, for tests: real HTTP, and answers that a test lays out beforehand."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

KEY = generate_private_key(public_exponent=65537, key_size=1024)


def public_text(key: RSAPrivateKey = KEY) -> str:
    """Return the public half as Airtel's keys API writes it."""
    der = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(der).decode()


def opened(headers: dict[str, str], key: RSAPrivateKey = KEY) -> bytes:
    """Return what x-signature holds, opened as Airtel does."""
    opener = key.decrypt(base64.b64decode(headers["x-key"]), PKCS1v15())
    aes_key, iv = map(base64.b64decode, opener.split(b":"))
    decryptor = Cipher(AES(aes_key), CBC(iv)).decryptor()
    padded = decryptor.update(base64.b64decode(headers["x-signature"])) + decryptor.finalize()
    unpadder = PKCS7(AES.block_size).unpadder()
    return unpadder.update(padded) + unpadder.finalize()


def frame(*, success: bool = True, **codes: str) -> dict[str, Any]:
    return {"status": {"code": "200", "success": success, "message": "x", **codes}}


class Airtel:
    """What Airtel will answer, and what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.tokens_given = 0
        self.token_status = 200
        self.token_seconds: object = "180"
        self.forgets_tokens: set[str] = set()
        self.keys: object = {"data": {"key_id": 1, "key": public_text()}, **frame()}
        self.post_status = 200
        self.post_body: object = {
            "data": {"transaction": {"id": "x", "status": "SUCCESS"}},
            **frame(result_code="ESB000010", response_code="DP00800001006"),
        }
        self.get_status = 200
        self.get_body: object = {"data": {"transaction": {"status": "TIP"}}, **frame()}
        self.hangs_up = False
        self.url = ""

    def contract(self, **other: str) -> dict[str, str]:
        """Return a contract with this Airtel; its token is nobody else's."""
        return {
            "url": self.url,
            "rail_code": "airtel-rw",
            "callback_base": "https://guichet.example",
            "client_id": str(uuid4()),
            "client_secret": "secret",
            "version": "v2-pkcs1",
            "encryption_key": "",
            "callback_key": "callback-key",
            "callback_hash": "required",
            **other,
        }

    def calls(self, where: str) -> list[dict[str, Any]]:
        return [call for call in self.asked if where in call["path"]]


class _Handler(BaseHTTPRequestHandler):
    airtel: Airtel
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        call = self._note("POST", raw)
        if call["path"] == "/auth/oauth2/token":
            self.airtel.tokens_given += 1
            told = {
                "access_token": f"token-{self.airtel.tokens_given}",
                "token_type": "bearer",
                "expires_in": self.airtel.token_seconds,
            }
            self._say(self.airtel.token_status, told)
        elif self._admitted():
            self._say(self.airtel.post_status, self.airtel.post_body)

    def do_GET(self) -> None:
        call = self._note("GET", b"")
        if self._admitted():
            if call["path"] == "/v1/rsa/encryption-keys":
                self._say(200, self.airtel.keys)
            else:
                self._say(self.airtel.get_status, self.airtel.get_body)

    def _note(self, method: str, body: bytes) -> dict[str, Any]:
        headers = {name.lower(): value for name, value in self.headers.items()}
        call = {"method": method, "path": self.path, "headers": headers, "body": body}
        self.airtel.asked.append(call)
        return call

    def _admitted(self) -> bool:
        if self.airtel.hangs_up and "encryption" not in self.path:
            self.close_connection = True
            self.connection.close()
            return False
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if token in self.airtel.forgets_tokens:
            self._say(401, {"error": "invalid_token"})
            return False
        return True

    def _say(self, status: int, body: object) -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def running() -> Iterator[Airtel]:
    """Serve on a free port of this machine until the block ends."""
    airtel = Airtel()
    handler = type("Handler", (_Handler,), {"airtel": airtel})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    airtel.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield airtel
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
