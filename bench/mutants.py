"""
Do the tests of the pure rules see every small wrong in them? `make mutants`.

mutmut works in a copy of the tree, so that its folder never stands among ours; `[tool.mutmut]` in
pyproject.toml names the modules and the tests. No server is started: these rules need none.
docs/mutation.md has the figures, and says of each mutant that survives why it may.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from bench.nowhere import NOWHERE
from config.stack.home import ROOT

LEFT_OUT = (".venv", "var", ".git", "__pycache__", "mutants", ".*_cache", ".hypothesis")
# mutmut's exit codes; whatever else there is (a mutant that never ends) was stopped.
SURVIVED, KILLED, NO_TEST = {0}, {1, 3}, {5, 33}


def main() -> int:
    asked = _asked()
    with tempfile.TemporaryDirectory(prefix="guichet-mutants-") as folder:
        tree = Path(folder) / "tree"
        shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(*LEFT_OUT))
        # Named, so that the tests' plugin starts no servers; nothing connects to it.
        nowhere = {"GUICHET_TEST_SUPERUSER": "none", "VAR_DIR": f"{folder}/var"}
        command = [sys.executable, "-m", "mutmut", "run", "--max-children", str(asked.at_once)]
        done = subprocess.run(
            [*command, *asked.names],
            cwd=tree,
            env=os.environ | NOWHERE | nowhere,
            preexec_fn=lambda: os.nice(10),
            check=False,
        )
        print()
        _say(tree)
        for name in _named(tree, SURVIVED | NO_TEST):
            shown = [sys.executable, "-m", "mutmut", "show", name]
            said = subprocess.run(shown, cwd=tree, capture_output=True, text=True, check=False)
            changed = [line for line in said.stdout.splitlines() if line[:1] in {"+", "-"}]
            print(f"\nsurvived: {name}", *changed[2:], sep="\n")
    return done.returncode


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("names", nargs="*", help="some only: payments.likeness.*")
    parser.add_argument("--at-once", type=int, default=2)
    return parser.parse_args()


def _codes(tree: Path) -> Iterator[tuple[str, str, int]]:
    for meta in sorted((tree / "mutants").rglob("*.meta")):
        module = str(meta.relative_to(tree / "mutants")).removesuffix(".meta")
        for name, code in json.loads(meta.read_text())["exit_code_by_key"].items():
            if code is not None:
                yield module, name, code


def _named(tree: Path, codes: set[int]) -> list[str]:
    return [name for _, name, code in _codes(tree) if code in codes]


def _say(tree: Path) -> None:
    all_, killed = Counter[str](), Counter[str]()
    for module, _, code in _codes(tree):
        all_[module] += 1
        killed[module] += code not in SURVIVED | NO_TEST
    print("| module | mutants | killed | survived | score |\n|---|---|---|---|---|")
    for module, number in [*all_.items(), ("all", all_.total())]:
        dead = killed.total() if module == "all" else killed[module]
        score = 100 * dead / number
        print(f"| {module} | {number} | {dead} | {number - dead} | {score:.1f} % |")


if __name__ == "__main__":
    sys.exit(main())
