"""
Loading what else people find in a country pack, each file only where there is one: `glossary.csv`,
`faq.yaml`, and the services of another site by `directory.yaml` with `directory.csv`.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils.text import slugify

from catalogue.models import Directory, Question, Reference, Term
from catalogue.strict import BadDefinition, check_web_address
from kernel.country import BadPack, Change, Country
from places.operations import packfiles
from places.operations.seeding import agree

_DIRECTORY_KEYS = (
    "code", "site", "address", "language", "read_on", "licence", "licence_url", "source",
    "attribution",
)  # fmt: skip
_COLUMNS = ("code", "name", "agency", "ministry", "url")
_IN_PLACE = {"yes": True, "no": False, "": True}


def load(pack: Path, country: Country) -> list[Change]:
    """
    Make terms, answers and references agree with the pack. Inside a transaction.

    :raises BadPack: if a file is wrong
    """
    terms = _terms(pack / "glossary.csv", country)
    changes = agree(terms, kind="term", fields=["names", "meanings", "in_place"])
    Term.objects.exclude(code__in=[each.code for each in terms]).delete()
    questions = _questions(pack / "faq.yaml", country)
    fields = ["asked", "answers", "unofficial", "source", "position"]
    changes += agree(questions, kind="question", fields=fields)
    Question.objects.exclude(code__in=[each.code for each in questions]).delete()
    return changes + _load_directory(pack)


def _terms(file: Path, country: Country) -> list[Term]:
    """Columns: key, term_<language>, definition_<language>, and maybe in_place (yes or no)."""
    if not file.exists():
        return []
    found, seen = [], set()
    for row in packfiles.read_csv(file, required=("key",)):
        where = f"{file}, line {row.line}"
        code, place = row.values["key"], row.values.get("in_place", "")
        names = _by_language(row.values, "term_", country, where)
        meanings = _by_language(row.values, "definition_", country, where)
        if not names or not meanings:
            raise BadPack(f"{where}: a term and its definition, in at least one language")
        if place not in _IN_PLACE:
            raise BadPack(f'{where}: in_place is "yes" or "no"')
        if code in seen:
            raise BadPack(f'{where}: the key "{code}" stands twice')
        seen.add(code)
        found.append(Term(code=code, names=names, meanings=meanings, in_place=_IN_PLACE[place]))
    return found


def _by_language(
    values: dict[str, str], prefix: str, country: Country, where: str
) -> dict[str, str]:
    found = {}
    for column, text in values.items():
        if column.startswith(prefix) and text.strip():
            language = column.removeprefix(prefix)
            if language not in country.languages:
                raise BadPack(f'{where}: {column}: the country does not speak "{language}"')
            found[language] = text.strip()
    return found


def _questions(file: Path, country: Country) -> list[Question]:
    if not file.exists():
        return []
    raw = packfiles.listed(packfiles.read_yaml(file), file=file, where="the file")
    return [_question(item, i, file, country) for i, item in enumerate(raw)]


def _question(item: dict[str, Any], i: int, file: Path, country: Country) -> Question:
    packfiles.keys(
        item,
        file=file,
        where=f"[{i}]",
        required=("code", "asked", "answers"),
        optional=("unofficial", "source"),
    )
    asked = packfiles.names(item["asked"], file=file, where=f"[{i}].asked")
    answers = packfiles.names(item["answers"], file=file, where=f"[{i}].answers")
    for language in (*asked, *answers):
        if language not in country.languages:
            raise BadPack(f'{file}: [{i}]: the country does not speak "{language}"')
    return Question(
        code=item["code"],
        asked=asked,
        answers=answers,
        unofficial=item.get("unofficial", []),
        source=item.get("source", ""),
        position=i,
    )


def _load_directory(pack: Path) -> list[Change]:
    """By COPY, all anew: references are read and never cited."""
    file = pack / "directory.yaml"
    before = Reference.objects.count()
    Directory.objects.all().delete()
    if not file.exists():
        return [Change("catalogue", "reference", "all", "deleted")] if before else []
    raw = packfiles.read_yaml(file)
    if not isinstance(raw, dict):
        raise BadPack(f"{file}: a mapping is wanted")
    packfiles.keys(raw, file=file, where="the file", required=_DIRECTORY_KEYS)
    if not isinstance(raw["read_on"], date):
        raise BadPack(f"{file}: read_on: a day is wanted, such as 2026-02-14")
    directory = Directory.objects.create(**raw)
    columns = "(directory_id, code, name, agency, agency_code, ministry, url)"
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY catalogue_reference {columns} FROM STDIN") as copy,
    ):
        for code, name, agency, ministry, url in _references(pack / "directory.csv"):
            row = (directory.pk, code, name, agency, slugify(agency)[:120], ministry, url)
            copy.write_row(row)
    after = Reference.objects.count()
    # Told as one change: five thousand lines say no more.
    return [] if after == before else [Change("catalogue", "directory", raw["code"], "loaded")]


def _references(file: Path) -> Iterator[tuple[str, ...]]:
    seen = set()
    for row in packfiles.read_csv(file, required=_COLUMNS):
        code, name, agency, ministry, url = (row.values[column].strip() for column in _COLUMNS)
        where = f"{file}, line {row.line}"
        if not (code and name and agency):
            raise BadPack(f"{where}: code, name and agency are wanted")
        if code in seen:
            raise BadPack(f'{where}: the code "{code}" stands twice')
        # A browser must not be sent to a script, a file or a half-written address.
        if not _leads(url):
            raise BadPack(f'{where}: no web address "{url[:60]}"; leave it out where none is known')
        seen.add(code)
        yield code, name, agency, ministry, url


def _leads(url: str) -> bool:
    try:
        check_web_address(url, "url")
    except BadDefinition:
        return False
    return " " not in url
