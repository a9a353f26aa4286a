"""`make words`: bring the translation catalogues up to date with what the pages say."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from config import words


class Command(BaseCommand):
    help = "Gather every string into locale/*/LC_MESSAGES/django.po and compile them."

    def handle(self, *args: Any, **options: Any) -> None:
        root = Path(settings.BASE_DIR)
        for language in sorted(code for code, _ in settings.LANGUAGES if code != "en"):
            total, missing = words.update(root, language)
            self.stdout.write(f"{language}: {total} strings, {missing} without words")
        words.compile_all(root)
