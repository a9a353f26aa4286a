"""
`python -m config.stack holes`: which of the locked packages have a known hole (ASVS 15.2.1).

Asks OSV (https://osv.dev, https://google.github.io/osv.dev/post-v1-querybatch/), which gathers
PyPI's and GitHub's advisories, once for all packages by name and version; it is told nothing else.
"""

import json
import os
import re
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from config.stack.home import ROOT

OSV = "https://api.osv.dev"
AT_ONCE_MAX = 1000  # So many questions OSV takes in one.
SECONDS = 60
LOCKED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)
Package = tuple[str, str]
"""Name and version."""


class CannotAsk(Exception):
    """OSV did not answer, or not in its own words: nothing is known."""


def main(arguments: list[str]) -> int:
    """Return 0 without a hole, 1 with one, and 2 where nobody could be asked."""
    files = [Path(one) for one in arguments] or sorted(ROOT.glob("requirements/*.txt"))
    packages = sorted({each for file in files for each in locked(file.read_text("utf-8"))})
    try:
        found = holes(packages, osv=os.environ.get("OSV_URL", OSV))
    except CannotAsk as error:
        print(f"OSV could not be asked: {error}", file=sys.stderr)
        return 2
    for (name, version), ids in found.items():
        print(f"{name} {version}: {', '.join(ids)}")
    print(f"{len(packages)} packages, {len(found)} with a known hole")
    return 1 if found else 0


def locked(requirements: str) -> list[Package]:
    """Return what a file of requirements holds to one version."""
    return [(name.lower(), version) for name, version in LOCKED.findall(requirements)]


def holes(packages: list[Package], *, osv: str) -> dict[Package, list[str]]:
    """
    Return the ids of the holes that are known of each package, of those that have any.

    :raises CannotAsk: if OSV does not answer each question
    """
    found: dict[Package, list[str]] = {}
    for first in range(0, len(packages), AT_ONCE_MAX):
        some = packages[first : first + AT_ONCE_MAX]
        results = _asked(some, osv)
        for package, result in zip(some, results, strict=True):
            if ids := [str(hole["id"]) for hole in result.get("vulns", [])]:
                found[package] = ids
    return found


def _asked(packages: list[Package], osv: str) -> list[dict[str, Any]]:
    queries = [
        {"package": {"name": name, "ecosystem": "PyPI"}, "version": version}
        for name, version in packages
    ]
    request = urllib.request.Request(  # noqa: S310 - The address is ours, or who runs it named it.
        f"{osv}/v1/querybatch",
        data=json.dumps({"queries": queries}).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            results: list[dict[str, Any]] = json.load(answer)["results"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CannotAsk(type(error).__name__) from error
    if len(results) != len(packages):
        raise CannotAsk("fewer answers than questions")
    return results
