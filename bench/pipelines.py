"""
One process that makes papers and says as JSON what they cost: `python -m bench.pipelines rates`.

A paper is what an office hands out: signed facts on its code (COSE), a tagged PDF/A, the officer's
certification and the office's seal. All in memory: what it costs to keep it is measured elsewhere.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import django

from bench.nowhere import NOWHERE

os.environ.update(NOWHERE)
django.setup()

from cryptography.hazmat.primitives.asymmetric import ec, rsa  # noqa: E402
from cryptography.hazmat.primitives.serialization import load_der_public_key  # noqa: E402
from django.conf import settings  # noqa: E402
from pyhanko.sign.signers.pdf_cms import SimpleSigner  # noqa: E402

from bench import plain  # noqa: E402
from documents import claims, cose, custody, signing  # noqa: E402
from documents.custody import P256, PEM, PKCS11, RSA3072, Holder  # noqa: E402
from documents.custody.pem import CachedKeySigner  # noqa: E402
from documents.pki.authority import open_authority  # noqa: E402
from documents.rendering import Content, Entry, draw, newest  # noqa: E402

AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
FACTS = {
    "given_names": "Aline Chantal",
    "sex": "F",
    "born_on": "1990-03-27",
    "birth_place": "Kimironko, Gasabo, City of Kigali",
    "father_name": "Habimana Jean",
    "mother_name": "Uwera Rose",
}
ROUNDS = 5
# So many papers of each a round: about a second of either.
NAIVE_A_ROUND = {P256: 6, RSA3072: 3}
PRODUCT_A_ROUND = 120
SOFTHSM = Path("/usr/lib/softhsm/libsofthsm2.so")
PIN = "918273"


@dataclass(frozen=True)
class Office:
    """Who signs, by one custody and one kind of key."""

    custody: str
    officer: Holder
    seal: Holder
    code: Holder


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="guichet-papers-") as folder:
        settings.PKI_DIR = Path(folder) / "pki"
        told = _memory(int(sys.argv[2])) if sys.argv[1] == "memory" else _rates(Path(folder))
    print(json.dumps(told))
    return 0


def _rates(folder: Path) -> dict[str, float]:
    """Return milliseconds of processor time a paper, by way, medians of rounds that take turns."""
    ways: dict[str, tuple[int, Callable[[int], bytes]]] = {}
    for algorithm in (P256, RSA3072):
        office = _office(PEM, algorithm)
        simple = [_simple(holder) for holder in (office.officer, office.seal)]
        ways[f"naive {algorithm}"] = (NAIVE_A_ROUND[algorithm], _naive(office, simple))
        ways[f"product {algorithm}"] = (PRODUCT_A_ROUND, _product(office))
    if _token(folder):
        for algorithm in (P256, RSA3072):
            ways[f"hsm {algorithm}"] = (PRODUCT_A_ROUND, _product(_office(PKCS11, algorithm)))
    office = _office(PEM, P256)
    ways["drawing alone"] = (PRODUCT_A_ROUND, lambda number: draw(_said(number, office)))
    ways["signed facts alone"] = (PRODUCT_A_ROUND, lambda number: _facts(number, office))
    return _taking_turns(ways)


def _taking_turns(ways: dict[str, tuple[int, Callable[[int], bytes]]]) -> dict[str, float]:
    for _, make in ways.values():
        make(0)
    seen: dict[str, list[float]] = {name: [] for name in ways}
    number = 0
    for _ in range(ROUNDS):
        for name, (papers, make) in ways.items():
            before = time.process_time()
            for number in range(number + 1, number + 1 + papers):  # noqa: B020
                make(number)
            seen[name].append(1000 * (time.process_time() - before) / papers)
    return {name: statistics.median(values) for name, values in seen.items()}


def _memory(papers: int) -> dict[str, float]:
    """Return megabytes in memory after a tenth of the papers, and after all of them."""
    make = _product(_office(PEM, P256))
    early = 0.0
    for number in range(papers):
        make(number)
        if number == papers // 10:
            early = _resident_mb()
    return {"early": early, "late": _resident_mb()}


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _naive(office: Office, simple: list[SimpleSigner]) -> Callable[[int], bytes]:
    officer, seal = simple

    def make(number: int) -> bytes:
        data = plain.drawn(_said(number, office))
        data = plain.signed(data, officer, "Officer", certifies=True)
        return plain.signed(data, seal, "Seal", certifies=False)

    return make


def _product(office: Office) -> Callable[[int], bytes]:
    def make(number: int) -> bytes:
        officer = custody.signer(office.custody, office.officer)
        seal = custody.signer(office.custody, office.seal)
        data = draw(_said(number, office))
        data = signing.certify(data, officer, reason="Certified by the officer", at=AT)
        return signing.seal(data, seal, reason="Sealed by the office", alone=False, at=AT)

    return make


def _said(number: int, office: Office) -> Content:
    """Return a paper like no other: name, number and code are its own."""
    name = f"MUKAMANA{number:x}".translate(str.maketrans("0123456789", "GHIJKLMNOP")).upper()
    return Content(
        template=newest("birth_certificate"),
        kind="certificate",
        languages=("en", "fr"),
        country={"en": "Rwanda", "fr": "Rwanda"},
        country_code="RW",
        country_languages=("en", "fr", "rw"),
        flag_colours=("#00a1de", "#fad201", "#20603d"),
        office={"en": "Kimironko Sector Office", "fr": "Bureau du secteur de Kimironko"},
        place={"en": "Gasabo, City of Kigali", "fr": "Gasabo, Ville de Kigali"},
        officer="Marie-Claire Uwase",
        facts={"family_name": name, **FACTS},
        entry=Entry("Kimironko, Gasabo", 1990, "II", "0413", date(1990, 4, 2), AT.date()),
        number=f"BC-SECTOR1209-2026-{number:06d}-7",
        verification_id=_code(number),
        site_url="https://guichet.example",
        done_on=AT.date(),
        made_at=AT,
        claims=claims.base32(_facts(number, office)),
    )


def _facts(number: int, office: Office) -> bytes:
    said = claims.Claims(
        issuer="https://guichet.example",
        verification_id=_code(number),
        signed_at=AT,
        expires_at=None,
        status_list=f"https://guichet.example/status/{number >> 17}",
        place=number & 0x1FFFF,
        paper_type="birth_certificate",
        number=f"BC-SECTOR1209-2026-{number:06d}-7",
        entry="birth/1209/1990/II/0413",
        people=(claims.Person("MUKAMANA Aline Chantal", "1990-03-27"),),
        office="Kimironko Sector Office",
    )
    return claims.sign(
        said,
        key_id=cose.key_id(office.code.certificate),
        by=lambda data: custody.sign_raw(office.custody, office.code, data),
    )


def _code(number: int) -> str:
    return f"7QK3M0ZB{number:08d}"


def _office(kept: str, algorithm: str) -> Office:
    return Office(
        kept,
        officer=_holder(kept, algorithm, "Marie-Claire Uwase"),
        seal=_holder(kept, algorithm, "Kimironko Sector Office"),
        # Codes are signed on the curve always: an RSA signature would not fit the symbol.
        code=_holder(kept, P256, "Codes"),
    )


def _holder(kept: str, algorithm: str, name: str) -> Holder:
    authority = open_authority(
        settings.PKI_DIR, country_code="RW", country_name="Rwanda",
        site_url="https://guichet.example", at=AT - timedelta(days=1),
    )  # fmt: skip
    key_ref = f"{kept}-{algorithm}-{name}".replace(" ", "-").lower()
    if key_ref not in _held:
        public = load_der_public_key(custody.make_key(kept, key_ref, algorithm))
        assert isinstance(public, ec.EllipticCurvePublicKey | rsa.RSAPublicKey)
        made = authority.certify(
            public,
            common_name=name, unit="", serial_name="", key_ref=key_ref, at=AT - timedelta(days=1),
        )  # fmt: skip
        _held[key_ref] = Holder(len(_held), made.certificate, made.chain, key_ref)
    return _held[key_ref]


_held: dict[str, Holder] = {}


def _simple(holder: Holder) -> SimpleSigner:
    """Return pyHanko's own signer of a key in a file, which parses it at each signature."""
    ours = custody.signer(PEM, holder)
    assert isinstance(ours, CachedKeySigner)
    return SimpleSigner(
        signing_cert=ours.signing_cert,
        signing_key=ours.signing_key,
        cert_registry=ours.cert_registry,
        embed_roots=False,
    )


def _token(folder: Path) -> bool:
    """Make a token of SoftHSM and tell whether there is one: the program may be missing."""
    if not SOFTHSM.exists() or shutil.which("softhsm2-util") is None:
        print("softhsm2 is missing: the hardware module was left out", file=sys.stderr)
        return False
    (folder / "tokens").mkdir()
    (folder / "pin").write_text(PIN)
    conf = folder / "softhsm2.conf"
    conf.write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(conf)
    subprocess.run(
        ["softhsm2-util", "--init-token", "--free", "--label", "guichet", "--pin", PIN,
         "--so-pin", "87654321"],
        check=True, capture_output=True,
    )  # fmt: skip
    settings.PKCS11_MODULE, settings.PKCS11_TOKEN = str(SOFTHSM), "guichet"
    settings.PKCS11_PIN_FILE = str(folder / "pin")
    return True


if __name__ == "__main__":
    sys.exit(main())
