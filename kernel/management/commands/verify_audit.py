"""`manage.py verify_audit`: says whether the trace is whole, and where it breaks first."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from kernel import audit_chain, audit_files, audit_seals
from kernel.audit_chain import Fault, Root

WHOLE, BROKEN, UNKNOWN = 0, 1, 2
_TOLD_MAX = 20


class Command(BaseCommand):
    help = "Verifies the trace: exit 0 if it is whole, 1 if it breaks, 2 if that cannot be said."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", dest="file", type=Path, help="a file of `export_audit`")
        parser.add_argument("--root", help="a line of `audit_root` that was kept elsewhere")
        parser.add_argument(
            "--key", action="append", default=[], help="a public key, if not this installation's"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        keys = frozenset(options["key"]) or audit_seals.public_keys()
        try:
            root = audit_files.read_root(options["root"], keys=keys) if options["root"] else None
            found = _faults(options["file"], keys=keys, root=root)
            told = [fault for _, fault in zip(range(_TOLD_MAX), found, strict=False)]
        except (OSError, audit_files.NotOurs) as trouble:
            self.stderr.write(f"The trace cannot be verified: {trouble}")
            sys.exit(UNKNOWN)
        for fault in told:
            self.stdout.write(_said(fault))
        if told:
            self.stderr.write(f"The trace is broken, first at: {_said(told[0])}")
            sys.exit(BROKEN)
        self.stdout.write("The trace is whole.")


def _faults(file: Path | None, *, keys: frozenset[str], root: Root | None) -> Iterator[Fault]:
    if file is not None:
        after, seals = audit_files.read(file)
        if root is not None and after is not None and after.number > root.number:
            raise audit_files.NotOurs(f"{file.name}: it begins after the root")
        return audit_chain.faults(seals, keys=keys, after=after, root=root)
    return chain(
        audit_chain.faults(audit_seals.chain(), keys=keys, root=root),
        audit_seals.unsealed_faults(now=timezone.now()),
    )


def _said(fault: Fault) -> str:
    where = [
        f"seal {fault.seal_number}" if fault.seal_number is not None else "",
        f"entry {fault.entry_id}" if fault.entry_id is not None else "",
    ]
    return f"{', '.join(filter(None, where))}: {fault.what}"
