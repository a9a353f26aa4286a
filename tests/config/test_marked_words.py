"""`make check C=marked` finds each kind of words that no translator would see."""

import pytest

from config.stack.marked import main, unmarked_in_python, unmarked_in_template


def words(found) -> list[str]:
    return [said for _line, said in found]


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("<p>Pay now</p>", ["Pay now"]),
        ("<title>Pay · Guichet</title>", ["Pay · Guichet"]),
        ('<a title="Pay now"></a>', ["Pay now"]),
        ('<nav aria-label="Pages"></nav>', ["Pages"]),
        ('<img alt="A paper">', ["A paper"]),
        ('<input placeholder="Case number">', ["Case number"]),
        ('<input type="submit" value="Send">', ["Send"]),
        ('<meta name="description" content="One counter">', ["One counter"]),
        ('{% tag "Late" "bad" %}', ["Late"]),
        ("{% back_link url 'All my cases' %}", ["All my cases"]),
        ('{{ name|default:"nobody" }}', ["nobody"]),
        ('{% if x %}{{ x|yesno:"yes,no" }}{% endif %}', ["yes,no"]),
        ('Dear {{ name }},\n{% translate "Your paper is ready." %}', ["Dear ,"]),
    ],
)
def test_words_of_a_template_outside_the_marks_are_found(template, found):
    assert words(unmarked_in_template(template)) == found


@pytest.mark.parametrize(
    "template",
    [
        '<p>{% translate "Pay now" %} · 1 / 2</p>',
        "<p>{% blocktranslate %}Pay {{ amount }} now{% endblocktranslate %}</p>",
        "<a title=\"{% translate 'Pay now' %}\">{{ words }}</a>",
        '{% nav_item "catalogue:home" _("Home") %}',
        '{{ day|date:"j F Y" }}',
        "{# Because it is so. #}<!-- so it is --><script>var words = 1;</script>",
        "{% block main_class %}narrow stack{% endblock main_class %}",
        '<meta name="viewport" content="width=device-width"><input name="q" value="words">',
        "<p>Guichet</p> <small>(PDF)</small><kbd>Enter</kbd>",
    ],
)
def test_words_that_are_marked_or_nobodys_are_let_be(template):
    assert words(unmarked_in_template(template)) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('CharField(label="Name")', ["Name"]),
        ('CharField(help_text=f"At most {n} letters")', ["At most  letters"]),
        ('CharField(error_messages={"required": "Say it"})', ["Say it"]),
        ('RegexValidator("x", message="No number")', ["No number"]),
        ('raise forms.ValidationError("No such day")', ["No such day"]),
        ('raise ValidationError(["No such day", "ever"])', ["No such dayever"]),
        ('messages.success(request, "Saved " + name)', ["Saved "]),
        ('messages.add_message(request, ERROR, "Lost")', ["Lost"]),
        ('form.add_error("day", "Too %s" % late)', ["Too %s"]),
        ('form.add_error(None, "Too {}".format(late))', ["Too {}"]),
        ('Act("case.read", name="read", explained="Read a case")', ["read", "Read a case"]),
    ],
)
def test_words_of_forms_messages_and_acts_without_gettext_are_found(source, found):
    assert words(unmarked_in_python(source)) == found


@pytest.mark.parametrize(
    "source",
    [
        'CharField(label=_("Name"), help_text="")',
        'raise ValidationError(_("No such day"))',
        'messages.success(request, gettext("Saved"))',
        'log.error("bill.lost")',
        'path("x/", view, name="home")',
        "form.add_error(None, str(why))",
    ],
)
def test_words_of_code_that_are_marked_or_not_shown_are_let_be(source):
    assert words(unmarked_in_python(source)) == []


def test_the_line_is_named():
    template = (
        '<p>{% translate "So" %}</p>\n{% blocktranslate %}\n\n{% endblocktranslate %}\n<p>No</p>'
    )
    assert list(unmarked_in_template(template)) == [(5, "No")]


def test_the_house_says_nothing_unmarked(capsys):
    assert (main(), capsys.readouterr().out) == (0, "")
