"""`make states`: draw every lifecycle, from the tables that the code walks."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from kernel.lifecycle import Lifecycle

HEAD = """# Lifecycles

Drawn by `make states` from the tables that the code walks; PostgreSQL holds the same edges.
"""


def drawing() -> str:
    """Return the page `docs/states.md` as the code is now."""
    parts = [HEAD]
    for name, lifecycle in sorted(Lifecycle.known.items()):
        parts.append(f"## {name}\n\n```mermaid\n{lifecycle.to_mermaid()}\n```\n")
    return "\n".join(parts)


class Command(BaseCommand):
    help = "Write docs/states.md from the lifecycles in the code."

    def handle(self, *args: Any, **options: Any) -> None:
        page = Path(settings.BASE_DIR) / "docs" / "states.md"
        page.write_text(drawing(), encoding="utf-8")
        self.stdout.write(f"{len(Lifecycle.known)} lifecycles drawn in docs/states.md")
