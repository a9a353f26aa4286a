"""The scanners that `make scan` lets loose: how each is called, and how its report is read."""

import csv
import json
import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

BIN = Path(sys.executable).parent
# Where a scanner that sends every form would end its own visit.
KEPT_OUT = (
    "/sign-out/", "/staff/sign-out/", "/operators/logout/", "/language/", "/account/visits/",
    "/account/phone/", "/staff/password/", "/staff/security/",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What a scanner says is wrong, in its own words."""

    severity: str
    what: str
    where: str


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Who is signed in while a scanner works, by the cookies of her browser."""

    name: str
    cookies: dict[str, str] = field(default_factory=dict)
    begins_at: tuple[str, ...] = ("/",)
    """Paths that hold a query or a form for her; the crawlers go on from there."""

    @property
    def cookie_header(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())


@dataclass(frozen=True, kw_only=True)
class Scanner:
    """
    `command` is told the visitor, the site, for how many seconds and where its report goes.

    `read` returns what it found of medium severity or above.
    """

    name: str
    program: str
    package: str
    command: Callable[[str, Visitor, str, int, Path], list[str]]
    read: Callable[[Path], list[Finding]]
    ends_itself: bool = True
    """Whether it knows how long it may take; if not it is ended then, and has found what it has."""

    @property
    def found_at(self) -> str | None:
        """The program's path; those of our own environment come first."""
        beside = BIN / self.program
        return str(beside) if beside.exists() else shutil.which(self.program)


def _schemathesis(program: str, who: Visitor, site: str, seconds: int, folder: Path) -> list[str]:
    headers = ["-H", f"Cookie: {who.cookie_header}"] if who.cookies else []
    if token := who.cookies.get("csrftoken"):
        headers += ["-H", f"X-CSRFToken: {token}"]
    return [
        *(program, "--config-file", "config/schemathesis.toml", "run", f"{site}/api/schema/"),
        *(*headers, "--no-color", "--checks", "all"),
        *("--max-time", str(seconds), "--continue-on-failure", "--generation-database", "none"),
        *("--report", "junit", "--report-junit-path", str(folder / "junit.xml")),
    ]


_CASE = re.compile(r'<testcase name="([^"]*)"[^>]*[^/]>(.*?)</testcase>', re.DOTALL)
_FAILED = re.compile(r'<(?:failure|error)\b(?:[^>]*message="([^"]*)")?')


def read_schemathesis(folder: Path) -> list[Finding]:
    """Every failure is a finding: an answer of our own that is not as our own schema says."""
    report = (folder / "junit.xml").read_text(encoding="utf-8")
    return [
        Finding(severity="high", what=kind[:200] or "error", where=case)
        for case, inside in re.findall(
            r'<testcase name="([^"]*)"[^/>]*>(.*?)</testcase>', report, re.S
        )
        for kind in re.findall(r'<(?:failure|error)[^>]*message="([^"]*)"', inside)
    ]


# Debian's 3.0.4 breaks on any -x under Python 3.11: it may end its own visit, and is nobody then.
# Not ssrf and xxe: both let the site speak to a server of wapiti's own on the internet. Nor what
# tries lists of names: the matrix knows all addresses.
_MODULES = "sql,blindsql,xss,permanentxss,exec,file,crlf,redirect,csp,http_headers,cookieflags,csrf"
_MEDIUM = 2


def _wapiti(program: str, who: Visitor, site: str, seconds: int, folder: Path) -> list[str]:
    cookies = ["-H", f"Cookie: {who.cookie_header}"] if who.cookies else []
    starts = [part for path in who.begins_at for part in ("-s", f"{site}{path}")]
    return [
        *(program, "-u", f"{site}/", "--scope", "folder", "-m", _MODULES, *cookies, *starts),
        *("--flush-session", "--store-session", str(folder / "session"), "--no-bugreport"),
        # Pages of one pattern are one page: each module is to come to its end.
        *("-d", "3", "--max-links-per-page", "25", "--max-files-per-dir", "6"),
        *("--max-parameters", "12", "-S", "normal", "-t", "15"),
        *("--max-scan-time", str(seconds // 6), "--max-attack-time", str(seconds // 8)),
        *("-f", "json", "-o", str(folder / "report.json")),
    ]


def read_wapiti(folder: Path) -> list[Finding]:
    """
    Vulnerabilities of level 2 (medium) and above, and whatever made the site break.

    Its module csrf does not know a token by Django's name: what it says of a request that held one
    is no finding.
    """
    told = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    return [
        Finding(severity=f"level {one['level']}", what=f"{kind}: {one['info']}", where=one["path"])
        for part in ("vulnerabilities", "anomalies")
        for kind, ones in told[part].items()
        for one in ones
        if (one["level"] >= _MEDIUM or part == "anomalies")
        and not (
            one["info"].startswith("Lack of anti CSRF")
            and "csrfmiddlewaretoken" in one["http_request"]
        )
    ]


def _sqlmap(program: str, who: Visitor, site: str, seconds: int, folder: Path) -> list[str]:
    starts = folder / "starts.txt"
    starts.write_text("".join(f"{site}{path}\n" for path in who.begins_at), encoding="utf-8")
    cookies = [f"--cookie={who.cookie_header}"] if who.cookies else []
    tokens = ["--csrf-token=csrfmiddlewaretoken"] if who.cookies else []
    return [
        *(program, "-m", str(starts), "--forms", "--crawl=2", *cookies, *tokens),
        f"--crawl-exclude={'|'.join(path.strip('/') for path in KEPT_OUT)}",
        # Not by time: two cores under load are slow for reasons of their own.
        *("--batch", "--technique=BEU", "--level=1", "--risk=1", "--dbms=PostgreSQL", "--smart"),
        *("--disable-coloring", "--timeout=15", "--retries=1", "--flush-session"),
        *("--skip=csrfmiddlewaretoken,token", f"--output-dir={folder / 'sqlmap'}"),
        f"--results-file={folder / 'results.csv'}",
    ]


def read_sqlmap(folder: Path) -> list[Finding]:
    """Each row of its table is a parameter that takes SQL; without a table there is none."""
    table = folder / "results.csv"
    if not table.exists():
        return []
    with table.open(newline="", encoding="utf-8") as lines:
        return [
            Finding(
                severity="high",
                what=f"SQL in {row['Parameter']} ({row['Technique(s)']})",
                where=f"{row['Place']} {row['Target URL']}",
            )
            for row in csv.DictReader(lines)
            if row["Parameter"]
        ]


SCANNERS = (
    Scanner(
        name="schemathesis",
        program="schemathesis",
        package="requirements/dev.txt",
        command=_schemathesis,
        read=read_schemathesis,
    ),
    Scanner(
        name="wapiti", program="wapiti", package="apt install wapiti",
        command=_wapiti, read=read_wapiti,
    ),
    Scanner(
        name="sqlmap", program="sqlmap", package="apt install sqlmap",
        command=_sqlmap, read=read_sqlmap, ends_itself=False,
    ),
)  # fmt: skip
