"""What a definition may say of its lookups: which answers a register is asked about."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from catalogue.parts import PAPERS, Field, Lookup
from catalogue.strict import BadDefinition, one_of
from registers.entries import ACTS

if TYPE_CHECKING:
    from catalogue.definition import Definition

LOOKUPS_MAX = 3
"""A register may take two seconds to answer, and somebody waits for the page."""

RECORDS = (*ACTS, PAPERS)
"""Where the number of a record can be looked up."""

_BORN = ("date", "number")


def check(d: "Definition", fields: Mapping[str, Field]) -> None:
    """
    :param fields: those outside of rows, by their code

    :raises BadDefinition: naming the key that is wrong
    """
    count = 0
    for i, group in enumerate(d.form):
        for j, field in enumerate(group.fields):
            if field.lookup is None:
                continue
            where = f"form[{i}].fields[{j}].lookup"
            if group.repeat:
                raise BadDefinition(f"{where}: not in rows; nobody is asked about by the dozen")
            _check_lookup(field, field.lookup, fields, where)
            count += 1
    if count > LOOKUPS_MAX:
        raise BadDefinition(f"form: more than {LOOKUPS_MAX} lookups")


def _check_lookup(field: Field, lookup: Lookup, fields: Mapping[str, Field], where: str) -> None:
    if field.type == "person":
        _check_person(lookup, fields, where)
    elif field.type == "record":
        _check_record(lookup, fields, where)
    else:
        raise BadDefinition(f"{where}: only for a field of type person or record")


def _check_person(lookup: Lookup, fields: Mapping[str, Field], where: str) -> None:
    for key, code in (("register", lookup.register), ("person", lookup.person)):
        if code:
            raise BadDefinition(f"{where}.{key}: only for a record")
    if not (lookup.name or lookup.born):
        # A number alone would tell anybody which numbers there are.
        raise BadDefinition(f"{where}: name or born; what does she know beside the number?")
    _named(lookup.name, ("text",), fields, f"{where}.name")
    _named(lookup.born, _BORN, fields, f"{where}.born")


def _check_record(lookup: Lookup, fields: Mapping[str, Field], where: str) -> None:
    for key, code in (("name", lookup.name), ("born", lookup.born)):
        if code:
            raise BadDefinition(f"{where}.{key}: only for a person")
    one_of(lookup.register, RECORDS, f"{where}.register")
    _named(lookup.person, ("person",), fields, f"{where}.person")


def _named(code: str, types: tuple[str, ...], fields: Mapping[str, Field], where: str) -> None:
    if code and (code not in fields or fields[code].type not in types):
        raise BadDefinition(f'{where}: no {" or ".join(types)} field "{code[:60]}"')
