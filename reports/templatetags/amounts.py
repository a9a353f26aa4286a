"""A cell of a report, as its column wants it."""

from django import template

from reports import cells

register = template.Library()
register.simple_tag(cells.text, name="cell_text")
