"""What a strict content security policy and a reader without a mouse ask of every template."""

import re
from collections.abc import Iterator

import pytest
from django.urls import URLResolver, get_resolver

from tests.architecture.house import ROOT, sources

TEMPLATES = [file for file in sources(".html") if "templates" in file.parts]
NAMED = re.compile(r"""{%\s*(?:link|nav_item|url)\s+["']([\w:-]+)["']""")
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


def test_every_page_that_a_template_names_exists() -> None:
    # `link` answers "" for an unknown name, so that a misspelt one would be missed by nobody.
    known = set(_names(get_resolver()))
    named = {
        (str(template.relative_to(ROOT)), name)
        for template in TEMPLATES
        for name in re.findall(NAMED, template.read_text())
    }
    assert named
    assert sorted((where, name) for where, name in named if name not in known) == []


def _names(resolver: URLResolver, namespace: str = "") -> Iterator[str]:
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            inner = f"{namespace}{one.namespace}:" if one.namespace else namespace
            yield from _names(one, inner)
        elif one.name:
            yield namespace + one.name
