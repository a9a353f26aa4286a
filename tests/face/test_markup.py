"""What every template must keep to, so that the order of the page is the order of its keys."""

import re

import pytest

from tests.architecture.house import ROOT, sources

TEMPLATES = [file for file in sources(".html") if "templates" in file.parts]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_template_leaves_the_order_of_the_keys_alone(template) -> None:
    text = template.read_text(encoding="utf-8")
    assert not re.search(r'tabindex="[1-9]', text)
    assert "<marquee" not in text


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_picture_has_words_or_is_passed_by(template) -> None:
    text = template.read_text(encoding="utf-8")
    for img in re.findall(r"<img\b[^>]*>", text):
        assert "alt=" in img, img
