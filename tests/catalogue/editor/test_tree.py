"""Places in a definition are read and changed by their names, and nothing else is touched."""

import pytest

from catalogue import tree

SERVICE = {
    "code": "boat",
    "names": {"en": "Boat"},
    "form": [
        {"code": "who", "fields": [{"code": "name"}, {"code": "age"}]},
        {"code": "what", "fields": [{"code": "kind", "options": [{"value": "a"}, {"value": "b"}]}]},
    ],
    "steps": [{"en": "First"}, {"en": "Second"}],
}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (["names", "en"], "Boat"),
        (["form", "who", "fields", "age"], {"code": "age"}),
        (["form", "what", "fields", "kind", "options", "b"], {"value": "b"}),
        (["steps", "~1"], {"en": "Second"}),
        (["notes"], None),
    ],
)
def test_a_place_is_found_by_its_path(path, found):
    assert tree.get(SERVICE, path) == found


@pytest.mark.parametrize("path", [["form", "gone"], ["steps", "~2"], ["code", "x"]])
def test_what_is_not_there_is_refused(path):
    with pytest.raises(tree.NoPlace):
        tree.get(SERVICE, path)


def test_an_item_is_changed_added_moved_and_taken_out_and_the_first_stays_as_it_was():
    older = tree.put(SERVICE, ["form", "who", "fields", "age"], {"code": "age", "type": "number"})
    assert older["form"][0]["fields"][1] == {"code": "age", "type": "number"}
    more = tree.put(SERVICE, ["form", "who", "fields", tree.NEW], {"code": "phone"})
    assert [one["code"] for one in more["form"][0]["fields"]] == ["name", "age", "phone"]
    first = tree.put(SERVICE, ["notes", tree.NEW], {"en": "A note"})
    assert first["notes"] == [{"en": "A note"}]
    assert tree.move(SERVICE, ["form", "what"], -1)["form"][0]["code"] == "what"
    assert tree.move(SERVICE, ["form", "who"], -1)["form"][0]["code"] == "who"
    assert tree.take_out(SERVICE, ["steps", "~0"])["steps"] == [{"en": "Second"}]
    assert "type" not in SERVICE["form"][0]["fields"][1]


def test_two_items_of_one_name_are_refused():
    with pytest.raises(tree.CodeTaken):
        tree.put(SERVICE, ["form", "who", "fields", tree.NEW], {"code": "age"})
    with pytest.raises(tree.CodeTaken):
        tree.put(SERVICE, ["form", "who", "fields", "name"], {"code": "age"})


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"time.value": 3, "time.unit": "days"}, {"time": {"value": 3, "unit": "days"}}),
        ({"time.value": None}, {}),
        ({"load": 0}, {"load": 0}),
        ({"summary": {}}, {}),
    ],
)
def test_what_is_empty_is_left_out(values, expected):
    assert tree.merge({}, values) == expected
