"""What a definition's questions before starting, answers and contact must be."""

import re
from typing import TYPE_CHECKING

from catalogue.parts import Contact, Screen
from catalogue.strict import BadDefinition, between, check_code, once

if TYPE_CHECKING:
    from catalogue.definition import Definition

SCREENS_MAX = 8
OPTIONS_MAX = 12
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"\+?[0-9][0-9 ]{1,18}")


def check(d: "Definition") -> None:
    """:raises BadDefinition: naming the key that is wrong"""
    between(len(d.before), 0, SCREENS_MAX, "before: how many questions")
    once([screen.code for screen in d.before], "before")
    for i, screen in enumerate(d.before):
        if screen.code in d.fields:
            raise BadDefinition(f'before[{i}].code: "{screen.code}" is a field of the form')
        _check_screen(screen, f"before[{i}]", d.code)
    for i, each in enumerate(d.faq):
        if not each.asked or not each.answers:
            raise BadDefinition(f"faq[{i}]: a question and an answer, in at least one language")
        _address(each.source, f"faq[{i}].source")
    if d.contact:
        _check_contact(d.contact)


def _check_screen(screen: Screen, where: str, service: str) -> None:
    check_code(screen.code, f"{where}.code")
    if not screen.labels:
        raise BadDefinition(f"{where}.labels: at least one language")
    values = [option.value for option in screen.options]
    once(values, f"{where}.options")
    between(len(values), 2, OPTIONS_MAX, f"{where}.options: how many")
    for j, stop in enumerate(screen.stops):
        if stop.value not in values:
            raise BadDefinition(f'{where}.stops[{j}].value: no option "{stop.value[:60]}"')
        if not stop.words:
            raise BadDefinition(f"{where}.stops[{j}].words: at least one language")
        if stop.instead == service:
            raise BadDefinition(f"{where}.stops[{j}].instead: this is the service itself")
    if {stop.value for stop in screen.stops} == set(values):
        raise BadDefinition(f"{where}.stops: no answer is left with which anybody may apply")


def _check_contact(contact: Contact) -> None:
    if not (contact.phone or contact.email or contact.url or contact.words):
        raise BadDefinition("contact: a telephone, an e-mail, an address or words")
    if contact.phone and not _PHONE.fullmatch(contact.phone):
        raise BadDefinition("contact.phone: digits and spaces, with + in front of a country's code")
    if contact.email and not _EMAIL.fullmatch(contact.email):
        raise BadDefinition("contact.email: no e-mail address")
    _address(contact.url, "contact.url")
    _address(contact.source, "contact.source")


def _address(url: str, where: str) -> None:
    if url and not url.startswith(("https://", "http://")):
        raise BadDefinition(f"{where}: no web address")
