"""
Numbers that people carry between machines: the payment reference and the case number.

A reference is 10 random digits and 2 check digits by ISO 7064 MOD 97-10, so that every single
slip and every swap of neighbours is caught, and it fits every network's field (12 digits is the
tightest, M-Pesa Express). The same digits make a creditor reference by ISO 11649 for banks.
"""

import re
import secrets

from stdnum import damm, iso11649
from stdnum.iso7064 import mod_97_10

LENGTH = 12
_PLAUSIBLE = {"O": "0", "I": "1", "L": "1", "S": "5", "B": "8"}
_RF = re.compile(r"RF\d\d(\d{12})")
_SHEET_DIGITS = 13
_CASE = re.compile(r"([A-Z]{2,4})-?(\d{2})-?(\d{8})")


def new_reference() -> str:
    body = str(secrets.randbelow(9 * 10**9) + 10**9)
    return body + mod_97_10.calc_check_digits(body)


def is_valid(reference: str) -> bool:
    return (
        len(reference) == LENGTH
        and reference.isascii()
        and reference.isdigit()
        and reference[0] != "0"
        and mod_97_10.is_valid(reference)
    )


def normalise(typed: str) -> str | None:
    """
    Return the 12 digits that a person or a bank meant, or None.

    Accepts spaces, dots and dashes, the RF form, and letters that look like digits; it accepts a
    reading only if the check digits agree, and free text only if exactly one window of it does.
    """
    text = re.sub(r"[\s.\-/]+", "", typed.upper())[:200]
    if text.isascii() and is_valid(text):
        return text
    if rf := _RF.fullmatch(text):
        return rf[1] if iso11649.is_valid(text) and is_valid(rf[1]) else None
    if len(text) == LENGTH:
        guess = "".join(_PLAUSIBLE.get(letter, letter) for letter in text)
        return guess if is_valid(guess) else None
    windows = {text[i : i + LENGTH] for i in range(len(text) - LENGTH + 1)}
    found = [window for window in windows if is_valid(window)]
    return found[0] if len(found) == 1 else None


def spaced(reference: str) -> str:
    """Return the reference in groups of four, as it stands on the ticket."""
    return " ".join(reference[i : i + 4] for i in range(0, len(reference), 4))


def rf(reference: str) -> str:
    """Return the creditor reference by ISO 11649, such as RF74858961326965."""
    return "RF" + mod_97_10.calc_check_digits(reference + "RF") + reference


def new_case_number(prefix: str, year: int) -> str:
    """
    Return a case number such as BC-26-48201937: service, year, 7 random digits, check digit.

    Random, so that nobody can count a country's births from a slip; the check digit (Damm) tells
    a slip of the pen from an unknown case.
    """
    body = f"{secrets.randbelow(10**7):07d}"
    return f"{prefix}-{year % 100:02d}-{body}{damm.calc_check_digit(body)}"


def normalise_case_number(typed: str) -> str | None:
    """Return the case number as it is stored, or None where it cannot be one."""
    match = _CASE.fullmatch(re.sub(r"[\s.]+", "", typed.upper())[:40])
    if match is None or not match[0].isascii() or not damm.is_valid(match[3]):
        return None
    return f"{match[1]}-{match[2]}-{match[3]}"


def sheet_number(office_id: int, year: int, number: int) -> str:
    """
    Return the number of a sheet of a downtime book such as 00416-26-000429: office, year, sheet.

    Not random: a sheet that is missing must be missed. Its last digit checks the others (Damm).
    """
    body = f"{office_id:05d}{year % 100:02d}{number:05d}"
    return f"{body[:5]}-{body[5:7]}-{body[7:]}{damm.calc_check_digit(body)}"


def normalise_sheet_number(typed: str) -> str | None:
    """Return the sheet's number as it is stored, or None where it cannot be one."""
    digits = re.sub(r"[\s.\-/]+", "", typed[:40])
    if len(digits) != _SHEET_DIGITS or not (digits.isascii() and digits.isdigit()):
        return None
    return f"{digits[:5]}-{digits[5:7]}-{digits[7:]}" if damm.is_valid(digits) else None
