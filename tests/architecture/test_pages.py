"""What a strict content security policy and a reader without a mouse ask of every template."""

import re

import pytest

from tests.architecture.house import ROOT, sources

TEMPLATES = [file for file in sources(".html") if "templates" in file.parts]
LOADED = re.compile(r"""<(?:script|link|img|source)\b[^>]*(?:src|href)=["'](?:https?:)?//""")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_template_has_no_inline_style_script_or_handler(template) -> None:
    text = re.sub(r"{#.*?#}|{% comment.*?endcomment %}", "", template.read_text(), flags=re.DOTALL)
    assert not re.search(r"\sstyle\s*=", text)
    assert "<style" not in text
    assert not re.search(r"\son[a-z]+\s*=", text)
    for script in re.findall(r"<script\b[^>]*>", text):
        assert "src=" in script or 'type="application/json"' in script, script


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_template_loads_nothing_from_elsewhere(template) -> None:
    assert not re.search(LOADED, template.read_text())
