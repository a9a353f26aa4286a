"""Every string that a page may say is said in every language that the packs promise whole."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from config import words

KEPT = Path(settings.BASE_DIR).glob("locale/*/LC_MESSAGES/django.po")
PLACEHOLDER = re.compile(r"%\((\w+)\)s|%s|%d|\{(\w*)\}")


def placeholders(text):
    return sorted(match.group() for match in PLACEHOLDER.finditer(text))


@pytest.fixture(scope="module")
def gathered():
    return words.gather(Path(settings.BASE_DIR))


@pytest.mark.parametrize("language", [x for x in settings.WHOLE_LANGUAGES if x != "en"])
def test_a_whole_language_has_words_for_every_string(gathered, language):
    known = words.read(words.po_file(Path(settings.BASE_DIR), language), language)

    missing = []
    for message in gathered:
        told = known.get(message.id, message.context)
        strings = told.string if told else ""
        strings = strings if isinstance(strings, (tuple, list)) else [strings]
        if message.id and not all(strings):
            missing.append(f"{message.locations[0][0]}: {message.id!r}")
    assert missing == []


@pytest.mark.parametrize("language", sorted(one.parts[-3] for one in KEPT))
def test_a_translation_keeps_the_places_that_are_filled_in(language):
    broken = []
    for message in words.read(words.po_file(Path(settings.BASE_DIR), language), language):
        if not message.id or not message.string:
            continue
        ids = message.id if isinstance(message.id, (tuple, list)) else [message.id]
        strings = message.string if isinstance(message.string, (tuple, list)) else [message.string]
        allowed = {tuple(placeholders(one)) for one in ids}
        broken += [text for text in strings if text and tuple(placeholders(text)) not in allowed]
    assert broken == []
