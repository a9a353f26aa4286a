"""What the directory says and PostgreSQL could not keep: nobody is vouched for, nothing breaks."""

from types import SimpleNamespace

import httpx
import pytest

from accounts.gateways.directory import Directory, DirectoryUnavailable, NotVouched, _read
from tests.world import NOON

ISSUER = "https://directory.example"


def vouched(patch: pytest.MonkeyPatch, **claims: object) -> str:
    told = {
        "iss": ISSUER, "sub": "7", "aud": "guichet", "nonce": "n",
        "iat": NOON.timestamp(), "exp": NOON.timestamp() + 60, "email_verified": True, **claims,
    }  # fmt: skip
    directory = Directory(issuer=ISSUER, client_id="guichet", client_secret="s")
    patch.setattr(directory, "_exchange", lambda told: {"id_token": "t"})
    patch.setattr(directory, "_decoded", lambda token: SimpleNamespace(claims=told))
    return directory.finish(
        code="c", nonce="n", verifier="v", back_to="https://guichet.example/", now=NOON
    ).subject


@pytest.mark.parametrize("half", ["a\ud800", "\udfff", "a\0"])
@pytest.mark.parametrize("name", ["sub", "email"])
def test_whoever_cannot_be_kept_is_not_vouched_for(
    monkeypatch: pytest.MonkeyPatch, name: str, half: str
) -> None:
    assert vouched(monkeypatch, email="uwase@gov.example") == "7"
    with pytest.raises(NotVouched, match="NotKeepable"):
        vouched(monkeypatch, **{name: half})


@pytest.mark.parametrize("body", [b'{"issuer": "\\ud800"}', b"[" * 100_000, b"{", b"[]"])
def test_an_answer_that_cannot_be_read_is_none(body: bytes) -> None:
    with pytest.raises(DirectoryUnavailable):
        _read(httpx.Response(200, content=body))
    assert _read(httpx.Response(200, content=b'{"a": 1}')) == {"a": 1}
