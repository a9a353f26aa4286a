"""What a machine sends, refused where the page would refuse it, and where it could not take it."""

from datetime import date
from typing import Any

from django.utils.translation import gettext

from catalogue import conditions, forms
from catalogue.definition import Definition
from catalogue.forms import Mistake
from catalogue.parts import Field
from catalogue.words import tell

_KINDS: dict[str, type] = {"boolean": bool, "number": int, "rows": list}


def mistakes(
    definition: Definition, answers: object, language: str, *, today: date
) -> list[Mistake]:
    """
    Return what is wrong with the answers of a whole form; none means that it takes them.

    As the page does, and stricter in one thing: an answer stands as it is kept, or is refused.
    `catalogue.schema` says the same as a schema.
    """
    if not isinstance(answers, dict):
        return [Mistake("", "", gettext("The answers are an object, by the code of the field."))]
    unknown = [str(code)[:60] for code in answers if code not in definition.fields]
    if unknown:
        return [Mistake("", code, gettext("The form has no such question.")) for code in unknown]
    given = conditions.kept(definition, {code: _whole(one) for code, one in answers.items()})
    shaped = [code for code, one in given.items() if not _fits(definition.fields[code], one)]
    shaped += [code for code in given if _has_unknown(definition.fields[code], answers[code])]
    if shaped:
        said = gettext("An answer of another type is wanted.")
        return [Mistake(_group_of(definition, code), code, said) for code in dict.fromkeys(shaped)]
    found: list[Mistake] = []
    for group, form in forms.checked(definition, given, language, today=today):
        for code, errors in form.errors.items():
            found.append(Mistake(group.code, code, " ".join(str(error) for error in errors)))
        for field in group.asked:
            if field.code in form.cleaned_data and not _is_kept(
                field, given.get(field.code), form.cleaned_data[field.code]
            ):
                found.append(Mistake(group.code, field.code, _written(field, language)))
    return found


def _whole(answer: object) -> object:
    """JSON writes a whole number as 5 or as 5.0, and means the same."""
    return int(answer) if isinstance(answer, float) and answer.is_integer() else answer


def _fits(field: Field, answer: object) -> bool:
    if answer is None or answer == "":
        return True
    # In Python True is an int: here it is not.
    if type(answer) is not _KINDS.get(field.type, str):
        return False
    if not isinstance(answer, list):
        return True
    return all(
        isinstance(row, dict) and all(_fits(each, row.get(each.code)) for each in field.fields)
        for row in answer
    )


def _has_unknown(field: Field, answer: object) -> bool:
    """Say whether a row has a key that it does not ask for."""
    codes = {each.code for each in field.fields}
    rows = answer if isinstance(answer, list) else []
    return any(isinstance(row, dict) and not row.keys() <= codes for row in rows)


def _is_kept(field: Field, answer: object, cleaned: Any) -> bool:
    """Say whether an answer stands as it will be kept; none at all does."""
    if answer is None or answer == "":
        return True
    if isinstance(answer, list):
        return len(answer) == len(cleaned) and all(
            _is_kept(each, row.get(each.code), kept.get(each.code))
            for row, kept in zip(answer, cleaned, strict=True)
            for each in field.fields
            if each.code in kept
        )
    return answer == (cleaned.isoformat() if isinstance(cleaned, date) else cleaned)


def _written(field: Field, language: str) -> str:
    label = tell(field.labels, language).text
    return gettext("%(name)s: this is not written as it is kept.") % {"name": label}


def _group_of(definition: Definition, code: str) -> str:
    return next((g.code for g in definition.form if any(f.code == code for f in g.asked)), "")
