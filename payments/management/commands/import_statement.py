"""`manage.py import_statement FILE`: keeps a statement, posts what is new in it, says how much."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts import queries as accounts
from payments.management.commands.read_statement import find_layouts
from payments.operations import importing
from payments.statements import csvlayout
from payments.statements.limits import BYTES_MAX
from payments.states import StatementState

_UNREADABLE = 2
_NOT_POSTED = 3


class Command(BaseCommand):
    help = (
        "Keeps a statement file byte for byte and posts its booked lines. Exits 0 when all of it "
        "is posted, 3 when it is kept and some or all of it is not, and 2 when it cannot be read."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--rail", help="the code of the rail whose account it is")
        parser.add_argument(
            "--layout", help="only this CSV layout: the name of the house's, or a YAML file"
        )
        parser.add_argument(
            "--by", help="the login of the officer who brings it; left out, the bank itself does"
        )
        parser.add_argument(
            "--confirmed-by",
            help="the login of another officer who stands for it: needed with --by where it makes"
            " money of which no message told",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            layouts = find_layouts(options["layout"])
            with path.open("rb") as file:
                done = importing.import_file(
                    data=file.read(BYTES_MAX + 1),
                    name=path.name,
                    rail_code=options["rail"],
                    layouts=layouts,
                    by_id=_officer(options["by"]),
                    confirmed_by_id=_officer(options["confirmed_by"]),
                    at=timezone.now(),
                    progress=self._progress,
                )
        except importing.NoRail as missing:
            raise CommandError(f"There is no rail {missing}.", returncode=_UNREADABLE) from None
        except (importing.NotRead, csvlayout.BadLayout) as cannot:
            raise CommandError(str(cannot), returncode=_UNREADABLE) from None
        except importing.NeedsSecond:
            raise CommandError(
                "The file is kept and not posted: it moves money of which no message told, so"
                " another officer must stand for it. Say --confirmed-by.",
                returncode=_NOT_POSTED,
            ) from None
        except OSError as broken:
            raise CommandError(
                f"The file cannot be opened: {broken.strerror}.", returncode=_UNREADABLE
            ) from None
        self.stdout.write("\n".join(_lines(done)))
        if not done.is_posted:
            raise CommandError("; ".join(_reasons(done)), returncode=_NOT_POSTED)

    def _progress(self, step: str, count: int) -> None:
        if step != "batch":
            self.stderr.write(f"{step} {count}" if count else step)


def _officer(login: str | None) -> int | None:
    if login is None:
        return None
    if (officer := accounts.staff_by_email(login)) is None:
        raise CommandError("No officer has this login.", returncode=_UNREADABLE)
    return officer.id


def _lines(done: importing.Report) -> list[str]:
    counts = {
        "lines": done.lines,
        "new": done.new,
        "known before": done.known,
        "matched": done.matched,
        "suspense": done.suspense,
        "refused": done.refused,
        "waiting": done.waiting,
        "not booked": done.unbooked,
        **{f"{leg}s": count for leg, count in sorted(done.legs.items())},
    }
    return [f"{name}: {count}" for name, count in counts.items()]


def _reasons(done: importing.Report) -> list[str]:
    held = [
        one for one in done.statements if one.state in (StatementState.KEPT, StatementState.REFUSED)
    ]
    return [_reason(one) for one in held] or ["The file has no statement."]


_WHY = {
    "unbalanced": "it does not add up",
    "gap": "it does not follow from the statement before it",
    "account": "it is of no account of ours",
    "currency": "it is in another currency than the rail",
    "rail": "it names no account; say --rail, of a rail that has exactly one",
    "day": "an entry has no day",
}


def _reason(one: importing.StatementSaid) -> str:
    why = _WHY.get(one.held_back, one.held_back)
    told = f" ({', '.join(one.problems)})" if one.problems else ""
    difference = f", by {one.difference_minor}" if one.difference_minor else ""
    return f"statement {one.statement_id} is kept and not posted: {why}{told}{difference}"
