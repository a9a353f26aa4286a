"""What is markup in a text, and what only looks like it."""

import time

import pytest

from catalogue.plain import clean_all, cleaned, is_plain


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("A <b>new</b> paper", "A new paper"),
        ("<script>alert(1)</script>Bring it", "Bring it"),
        ("<style>p{}</style>Bring it", "Bring it"),
        ("<ScRiPt\n>a</sCrIpT >Bring it", "Bring it"),
        ("<img src=x onerror=alert(1)>Bring it", "Bring it"),
        ("<a href='x>y' onclick=alert(1)>here</a>", "here"),
        ("<svg/onload=alert(1)>", ""),
        ("<!-- hidden -->Bring it", "Bring it"),
        ("<?php echo 1 ?>Bring it", "Bring it"),
        ("<!DOCTYPE html>Bring it", "Bring it"),
        ("<<b>script>alert(1)</<b>script>Bring it", "Bring it"),
        ("Giấy <i>khai sinh</i>: ằ ờ ừ", "Giấy khai sinh: ằ ờ ừ"),
        ("5 < 6 and <b>6 > 5</b>", "5 < 6 and 6 > 5"),
        ("&lt;script&gt; <b>is</b> a tag &amp; a word", "&lt;script&gt; is a tag &amp; a word"),
    ],
)
def test_markup_is_taken_out(typed, kept):
    assert not is_plain(typed)
    assert cleaned(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "5 < 6",
        "a<b",
        "x < y > z",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "&#60;b&#62; AT&T &copy; &nbsp;",
        "Giấy khai sinh: ằ ờ ừ\u00a0\u2013 №\r\n- một",
        "<",
        "",
    ],
)
def test_a_plain_text_stays_as_it_was_typed(typed):
    assert is_plain(typed)
    assert cleaned(typed) == typed


@pytest.mark.parametrize("typed", ["<" * 900 + "b>" * 500, "<<b>" * 500 + "x>", "<!--" * 500])
def test_no_text_takes_long(typed):
    since = time.monotonic()
    assert is_plain(cleaned(typed))
    assert time.monotonic() - since < 1


def test_texts_of_a_file_are_cleaned_and_named_but_for_what_machines_read():
    told, taken = clean_all(
        {
            "names": {"en": "Birth"},
            "steps": [{"en": "Go <b>there</b>"}],
            "rules": {"pattern": "<[a-z]>"},
            "load": 1,
        }
    )
    assert told["steps"] == [{"en": "Go there"}]
    assert told["rules"] == {"pattern": "<[a-z]>"}
    assert [(one.place, one.before) for one in taken] == [("steps[0].en", "Go <b>there</b>")]
