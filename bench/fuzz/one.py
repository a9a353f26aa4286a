"""One target in a process of its own: `python -m bench.fuzz.one TARGET SECONDS FOLDER`."""

import os
import re
import sys
from pathlib import Path

import atheris
import django
import structlog

UNIT_SECONDS_MAX = 30
MEMORY_MB_MAX = 2048
# A provider's message is short; a statement has to be long enough to hold two entries.
BYTES_MAX, STATEMENT_BYTES_MAX = 4096, 16_384
_NAME = re.compile(rb"[A-Za-z][A-Za-z0-9_.-]{2,30}")


def main() -> None:
    name, seconds, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    os.nice(19)
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    with atheris.instrument_imports(include=["kernel", "payments", "json", "mt940", "stdnum"]):
        django.setup()
        from bench.fuzz.seeds import write  # noqa: PLC0415 -- what is imported here is fuzzed
        from bench.fuzz.targets import TARGETS  # noqa: PLC0415
    target, found = TARGETS[name]
    corpus = folder / "corpus" / name
    write(name, found, corpus)
    limit = STATEMENT_BYTES_MAX if name.startswith("statement") else BYTES_MAX
    arguments = [
        f"-max_total_time={seconds}",
        f"-max_len={limit}",
        f"-timeout={UNIT_SECONDS_MAX}",
        f"-rss_limit_mb={MEMORY_MB_MAX}",
        f"-artifact_prefix={folder / 'findings'}/{name}-",
        f"-dict={_dictionary(name, found, folder)}",
        "-print_final_stats=1",
        str(corpus),
    ]
    atheris.Setup([name, *arguments], target)
    atheris.Fuzz()


def _dictionary(name: str, found: list[bytes], folder: Path) -> Path:
    """Write the names that stand in the seeds, and what has broken readers before."""
    names = {one.decode() for seed in found for one in _NAME.findall(seed)}
    awkward = ["null", "true", "1e999", "NaN", "-0.0", '\\"\\"', "\\x00", "\\\\ud800", "9" * 30]
    path = folder / f"{name}.dict"
    path.write_text("".join(f'"{one}"\n' for one in [*sorted(names)[:300], *awkward]))
    return path


if __name__ == "__main__":
    main()
