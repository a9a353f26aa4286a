"""An officer's hands: a keyboard that counts its strokes, and what each case cost. No mouse."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Page, Request

TABS_MAX = 40
"""What takes more strokes of Tab than this cannot be called reachable."""

_FOCUSED = """() => {
  const one = document.activeElement;
  return ((one.labels?.[0] ?? one).innerText || one.ariaLabel || "").trim();
}"""


class OutOfReach(Exception):
    """The keyboard does not lead there."""


@dataclass
class Spent:
    """What one case took: strokes, how many of them wrote words, and requests for pages."""

    case: str
    keys: int = 0
    letters: int = 0
    requests: int = 0
    is_clean: bool = False


@dataclass
class Keyboard:
    page: Page
    spent: list[Spent] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", self._count)

    @contextmanager
    def at(self, case: str, *, is_clean: bool = False) -> Iterator[None]:
        """Count what follows for this case."""
        self.spent.append(Spent(case, is_clean=is_clean))
        yield

    def press(self, *keys: str) -> None:
        for key in keys:
            self.spent[-1].keys += 1
            self.page.keyboard.press(key)

    def go(self, *keys: str) -> None:
        """Press keys of which the last leads to another page, and wait for it."""
        self.press(*keys[:-1])
        with self.page.expect_navigation():
            self.press(keys[-1])

    def write(self, words: str) -> None:
        self.spent[-1].keys += len(words)
        self.spent[-1].letters += len(words)
        self.page.keyboard.type(words)

    def tab_to(self, name: str) -> None:
        """
        Press Tab until what has the focus is called so.

        :raises OutOfReach: if it never is
        """
        for _ in range(TABS_MAX):
            self.press("Tab")
            if name in self.focused():
                return
        raise OutOfReach(name)

    def focused(self) -> str:
        """Return the name of what has the focus: its label, or its own words."""
        return str(self.page.evaluate(_FOCUSED))

    def reads(self, words: str) -> None:
        """Hold the page to showing these words, at once or as soon as it has been answered."""
        self.page.get_by_text(words).first.wait_for(state="attached")
        # A refusal stands in the same page's place: it hears keys once its scripts have run.
        self.page.wait_for_function("document.readyState === 'complete'")

    def table(self) -> str:
        """Return what every case took, as a table to print."""
        lines = [f"{'case':<44} {'keys':>5} {'of them words':>14} {'requests':>9}"]
        lines += [
            f"{one.case:<44} {one.keys:>5} {one.letters:>14} {one.requests:>9}"
            for one in self.spent
        ]
        keys, letters = sum(one.keys for one in self.spent), sum(one.letters for one in self.spent)
        asked = sum(one.requests for one in self.spent)
        return "\n".join([*lines, f"{'all':<44} {keys:>5} {letters:>14} {asked:>9}"])

    def _count(self, request: Request) -> None:
        if self.spent and request.resource_type in {"document", "fetch"}:
            self.spent[-1].requests += 1
