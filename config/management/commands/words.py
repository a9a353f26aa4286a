"""`make words`: bring the translation catalogues up to date, or take a translator's words."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config import words
from design.wording import NoPoFile, Why

# A refusal is one line for whoever makes the release.
SAID = {
    Why.UNKNOWN: "no page says this",
    Why.FORMS: "singular and plural are not both there",
    Why.PLACES: "what is filled in is not the same",
    Why.TAGS: "its tags are not the same",
    Why.QUOTES: "a straight quotation mark; write a typographic one",
    Why.EDGES: "a new line at an end is too many or missing",
    Why.LONG: "more than four times as long",
}


class Command(BaseCommand):
    help = "Gather every string into locale/*/LC_MESSAGES/django.po and compile them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--take", type=Path, metavar="FILE", help="a translator's .po")
        parser.add_argument("--language", help="of that file, such as sw")

    def handle(self, *args: Any, **options: Any) -> None:
        root = Path(settings.BASE_DIR)
        if options["take"]:
            self._take(root, options["take"], options["language"] or "")
        else:
            gathered = words.gather(root)
            for language in words.languages(root):
                told = words.update(root, language, gathered)
                self.stdout.write(
                    f"{language}: {told.total} strings, {told.missing} without words, "
                    f"{told.machine} made by a machine"
                )
        words.compile_all(root)

    def _take(self, root: Path, file: Path, language: str) -> None:
        known = [code for code in words.languages(root) if words.po_file(root, code).exists()]
        if language not in known:
            raise CommandError(f"--language: one of {', '.join(known)}")
        try:
            came = words.take(root, language, file)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from None
        except NoPoFile:
            raise CommandError(f"{file}: no .po file in UTF-8") from None
        for refused in came.refused:
            self.stdout.write(f"refused: {refused.english!r}: {SAID[refused.why]}")
        self.stdout.write(
            f"{language}: {len(came.taken)} taken, {len(came.refused)} refused, "
            f"{came.left} marked as not read, {came.same} as they were"
        )
