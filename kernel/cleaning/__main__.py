"""
The cleaner: `python -m kernel.cleaning jpeg|png|pdf` reads one file from its standard input.

It answers with one line of JSON: `{"refused": why}`, or `{"pages": n}` and then the clean bytes of
a photo. Everything is imported first; then it can open nothing any more.
"""

import gc
import json
import logging
import os
import pkgutil
import resource
import sys
from importlib import import_module
from typing import Final

from kernel.cleaning.reasons import Refused, Why

CPU_SECONDS: Final = 10
# A photo of 40 million pixels takes 120 MB, and its upright copy as many; twice that if
# progressive.
MEMORY_BYTES: Final = 768 * 1024 * 1024
PDF: Final = "pdf"


def main(form: str) -> None:
    os.nice(5)  # Pages come first.
    _import(form)
    # What a library says of a file may quote it.
    logging.disable(logging.CRITICAL)
    _confine()
    try:
        said, data = _clean(form, sys.stdin.buffer.read())
    except Refused as refusal:
        said, data = {"refused": refusal.why.value}, b""
    except (MemoryError, RecursionError):
        gc.collect()
        said, data = {"refused": Why.LIMITS.value}, b""
    sys.stdout.buffer.write(json.dumps(said).encode() + b"\n" + data)
    sys.stdout.buffer.flush()


def _clean(form: str, data: bytes) -> tuple[dict[str, int | str], bytes]:
    if form == PDF:
        return {"pages": import_module("kernel.cleaning.pdfs").count_pages(data)}, b""
    return {"pages": 1}, import_module("kernel.cleaning.images").clean(data, form.upper())


def _import(form: str) -> None:
    """What a reader imports when it first meets a filter, it can open no file for any more."""
    if form == PDF:
        import_module("kernel.cleaning.pdfs")
        package = import_module("pyhanko.pdf_utils")
        for name in ("filters", "metadata.xmp_xml", "crypt", "generic", "xref", "rw_common"):
            import_module(f"{package.__name__}.{name}")
    else:
        import_module("kernel.cleaning.images")
        import_module("PIL.Image").preinit()
        for plugin in ("MpoImagePlugin", "TiffImagePlugin"):
            import_module(f"PIL.{plugin}")
    for each in pkgutil.iter_modules(import_module("encodings").__path__):
        if each.name.startswith(("ascii", "latin", "utf_8", "utf_16")):
            import_module(f"encodings.{each.name}")


def _confine() -> None:
    with open("/proc/self/statm") as told:
        pages = int(told.read().split()[0])
    memory = pages * resource.getpagesize() + MEMORY_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # No descriptor can be opened any more: no file, and no socket to anywhere.
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


if __name__ == "__main__":
    main(sys.argv[1])
