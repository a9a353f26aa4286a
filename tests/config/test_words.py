"""Strings are gathered from templates however these are indented."""

from pathlib import Path

from config import words

TEMPLATE = """
{% load i18n %}
<main>
    <pre>
no indentation here
    </pre>
  <p>{% translate "Valid until" %}</p>
{% blocktranslate count n=n %}One paper.
      Kept.{% plural %}{{ n }} papers.{% endblocktranslate %}
      {% translate "May" context "month" %}
</main>
"""


def test_a_template_may_be_indented_as_it_likes(tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "page.html").write_text(TEMPLATE)

    gathered = words.gather(tmp_path)
    assert {(each.id, each.context) for each in gathered if each.id} == {
        ("Valid until", None),
        (("One paper.\n      Kept.", "%(n)s papers."), None),
        ("May", "month"),
    }
