"""What is asked follows from what was answered; what is not asked has no answer and no price."""

import pytest

from catalogue import conditions, pricing
from catalogue.parts import Condition
from catalogue.strict import BadDefinition
from tests.catalogue.forms.world import CLUB, FORM, PERSON, REST, SAILOR, full, one_field

IS_CLUB = Condition(field="kind", is_="club")

TRUE = [
    (Condition(field="kind", value="club"), {"kind": "club"}, True),
    (IS_CLUB, {"kind": "club"}, True),
    (IS_CLUB, {"kind": "person"}, False),
    (IS_CLUB, {}, False),
    (Condition(field="kind", is_not="club"), {"kind": "person"}, True),
    (Condition(field="kind", is_not="club"), {}, True),
    (Condition(field="kind", is_not="club"), {"kind": "club"}, False),
    (Condition(field="kind", in_=("club", "crown")), {"kind": "crown"}, True),
    (Condition(field="kind", in_=("club", "crown")), {"kind": "person"}, False),
    (Condition(field="box", is_="true"), {"box": True}, True),
    (Condition(field="box", is_="false"), {"box": False}, True),
    (Condition(field="box", is_="false"), {}, False),
    (Condition(field="count", is_="0"), {"count": 0}, True),
    (Condition(field="count", filled=True), {"count": 0}, True),
    (Condition(field="kind", filled=True), {"kind": ""}, False),
    (Condition(field="kind", filled=False), {"kind": None}, True),
    (Condition(field="rows", filled=True), {"rows": []}, False),
    (Condition(all_=(IS_CLUB, Condition(field="a", filled=True))), {"kind": "club"}, False),
    (Condition(any_=(IS_CLUB, Condition(field="a", filled=True))), {"a": "x"}, True),
    (None, {}, True),
]


@pytest.mark.parametrize(("condition", "answers", "holds"), TRUE)
def test_a_condition_holds_or_not(condition, answers, holds) -> None:
    assert conditions.holds(condition, answers) is holds


def test_what_is_not_asked_is_not_kept_and_hides_what_depends_on_it() -> None:
    typed = {**CLUB, "kind": "person", "founded_on": "1999-01-01"}
    assert conditions.kept(full(), typed) == PERSON
    kept = conditions.kept(full(), {**CLUB, "founded_on": "1999-01-01"})
    assert kept["founded_on"] == "1999-01-01"


def test_within_a_row_what_is_not_asked_is_not_kept() -> None:
    grown = {**SAILOR, "born_on": "2015-01-01"}
    assert conditions.kept(full(), {**CLUB, "crew": [grown]})["crew"] == [SAILOR]
    young = {**grown, "minor": True}
    assert conditions.kept(full(), {**CLUB, "crew": [young]})["crew"] == [young]


def test_pages_that_ask_nothing_are_left_out() -> None:
    form = full()
    assert [g.code for g in conditions.groups(form, PERSON)] == ["owner", "boat"]
    assert [g.code for g in conditions.groups(form, CLUB)] == ["owner", "boat", "crew"]
    assert [g.code for g in conditions.groups(form, {**PERSON, "length": 5000})][-1] == "crew"
    after = conditions.group_after(form, PERSON, form.form[1])
    assert after is None
    assert conditions.group_after(form, CLUB, form.form[1]).code == "crew"


@pytest.mark.parametrize(
    ("answers", "page"),
    [
        ({}, "owner"),
        ({"kind": "club"}, "owner"),
        ({"kind": "person"}, "boat"),
        (PERSON, None),
        ({**PERSON, "kind": "crown"}, "crew"),
        (CLUB, None),
    ],
)
def test_the_first_page_that_lacks_an_answer_is_known(answers, page) -> None:
    found = conditions.first_open(full(), answers)
    assert (found and found.code) == page


def test_files_are_asked_for_by_the_answers() -> None:
    form = full()
    assert list(conditions.slots(form, PERSON)) == []
    assert list(conditions.slots(form, CLUB)) == ["statute"]
    assert conditions.required_slots(form, CLUB) == ["statute"]
    # What proves a waiver is required with it.
    assert conditions.required_slots(form, {**PERSON, "poor": True}) == ["need"]


def test_mending_asks_what_a_mended_answer_leads_to() -> None:
    codes = [field.code for field in conditions.mending(full(), {"kind"})]
    assert codes == ["kind", "club_name", "founded_on", "poor", "crew"]
    assert [field.code for field in conditions.mending(full(), {"plate"})] == ["plate"]


WRONG = [
    ({"when": {"field": "nobody", "is": "x"}}, 'form[0].fields[2].when.field: no earlier field "n'),
    ({"when": {"field": "a", "is": "x"}}, "form[0].fields[2].when: a circle: a waits for a"),
    ({"when": {"field": "kind", "is": "pirate"}}, 'form[0].fields[2].when: unknown "pirate"'),
    ({"when": {"field": "kind", "in": ["club", "x"]}}, 'form[0].fields[2].when: unknown "x"'),
    ({"when": {"field": "kind"}}, "form[0].fields[2].when: one field with one of"),
    ({"when": {"field": "kind", "is": "club", "in": ["club"]}}, "form[0].fields[2].when: one "),
    ({"when": {"all": []}}, "form[0].fields[2].when: one field with one of"),
    ({"when": {"all": [{"field": "no", "is": "x"}]}}, "form[0].fields[2].when.all[0].field: no e"),
    ({"when": {"field": "kind", "equals": "club"}}, "form[0].fields[2].when.equals: unknown key"),
    ({"rules": {"min": 3}}, "form[0].fields[2].rules.min: not for a field of type text"),
    ({"rules": {"pattern": "[0-9]"}}, "form[0].fields[2].rules.message: missing"),
    ({"type": "number", "rules": {"min": 3, "max": 2}}, "form[0].fields[2].rules.min: 3 is more"),
    ({"type": "date", "rules": {"after": "kind"}}, "form[0].fields[2].rules.after: neither a day"),
    ({"type": "date", "rules": {"before": "today-1"}}, "form[0].fields[2].rules.before: neither"),
    ({"repeat": {"most": 3}}, "form[0].fields[2].repeat: a group is repeated"),
    ({"type": "rows"}, 'form[0].fields[2].type: unknown "rows"'),
]


@pytest.mark.parametrize(("keys", "said"), WRONG)
def test_a_wrong_condition_or_rule_is_refused_by_its_key(keys, said) -> None:
    assert full(**one_field())
    with pytest.raises(BadDefinition) as error:
        full(**one_field(**keys))
    assert str(error.value).startswith(said)


def _pattern(pattern: str, length: int = 20) -> dict[str, object]:
    return one_field(max_length=length, rules={"pattern": pattern, "message": {"en": "So."}})


@pytest.mark.parametrize("pattern", ["(a+)+", r"\d+", "(?=x)", "a*a*a*a*b", "[a-", r"(a)\1", "a{2"])
def test_a_pattern_that_could_take_for_ever_or_means_two_things_is_refused(pattern) -> None:
    assert full(**_pattern("[A-Z]{2}(-[0-9]{3})?"))
    with pytest.raises(BadDefinition, match=r"^form\[0\].fields\[2\].rules.pattern: "):
        full(**_pattern(pattern))


def test_a_pattern_looks_at_short_texts_only() -> None:
    with pytest.raises(BadDefinition, match="max_length up to 200"):
        full(**_pattern("[a-z]*", length=500))


def test_a_circle_is_named_all_the_way_round() -> None:
    fields = [
        {
            "code": one,
            "type": "text",
            "labels": {"en": one},
            "when": {"field": other, "filled": True},
        }
        for one, other in (("first", "third"), ("second", "first"), ("third", "second"))
    ]
    form = [{"code": "g", "titles": {"en": "G"}, "fields": fields}]
    with pytest.raises(BadDefinition) as error:
        full(form=form, fees=[], waivers=[], attachments=[])
    circle = "first waits for third waits for second waits for first"
    assert str(error.value) == f"form[0].fields[0].when: a circle: {circle}"


def _crew(**keys: object) -> list[dict[str, object]]:
    return [*FORM[:2], {**FORM[2], **keys}]


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"repeat": {"most": 0}}, "form[2].repeat.most: 0 is not between"),
        ({"repeat": {"most": 21}}, "form[2].repeat.most: 21 is not between"),
        ({"repeat": {"least": 4, "most": 3}}, "form[2].repeat.least: 4 is not between"),
        ({"fields": FORM[2]["fields"][1:]}, "form[2].fields: of a row at least one is required"),
        ({"code": "plate"}, 'form: "plate" stands twice'),
        ({"when": {"field": "crew", "filled": True}}, "form[2].when"),
    ],
)
def test_wrong_rows_are_refused_by_their_key(keys, said) -> None:
    with pytest.raises(BadDefinition) as error:
        full(form=_crew(**keys), fees=[])
    assert str(error.value).startswith(said)


def test_what_a_row_asks_depends_on_the_row_alone() -> None:
    fields = [*FORM[2]["fields"], {"code": "x", "type": "text", "labels": {"en": "X"},
                                   "when": {"field": "kind", "is": "club"}}]  # fmt: skip
    with pytest.raises(BadDefinition, match="no earlier field"):
        full(form=_crew(fields=fields))


def test_conditions_within_conditions_end_somewhere() -> None:
    endless: dict[str, object] = {}
    endless["all"] = [endless]
    with pytest.raises(BadDefinition, match="keys within keys"):
        full(**one_field(when=endless))


def test_the_office_is_never_asked_only_sometimes() -> None:
    form = [*FORM, {"code": "where", "titles": {"en": "Where"}, "fields": [
        {"code": "mooring", "type": "area", "labels": {"en": "Parish"}, "level_name": "parish",
         "when": {"field": "kind", "is": "club"}}]}]  # fmt: skip
    with pytest.raises(BadDefinition, match="area_field: asked only on a condition"):
        full(form=form)


# --- waivers


PRICES = [
    (PERSON, [("licence", 1001, 1001, "")]),
    ({**PERSON, "poor": True}, [("licence", 500, 1001, "Harbour Act, section 20")]),
    # What was ticked before the question went away waives nothing.
    ({**PERSON, "kind": "crown", "poor": True, "crew": [SAILOR]},
     [("licence", 0, 1001, "Harbour Act, section 21"),
      ("crew", 0, 300, "Harbour Act, section 21")]),
    (CLUB, [("licence", 1001, 1001, ""), ("crew", 300, 300, "")]),
]  # fmt: skip


@pytest.mark.parametrize(("answers", "lines"), PRICES)
def test_a_waiver_is_shown_with_its_law_and_billed_as_less(answers, lines) -> None:
    found = pricing.lines(full(), answers)
    told = [
        (one.code, one.amount_minor, one.full_minor, one.waiver.law if one.waiver else "")
        for one in found
    ]
    assert told == lines
    assert [one.code for one in pricing.price(full(), answers)] == [
        code for code, amount, _full, _law in lines if amount
    ]


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"percent": 0}, "waivers[0]: either percent or amount_minor"),
        ({"amount_minor": 5}, "waivers[0]: either percent or amount_minor"),
        ({"percent": 101}, "waivers[0].percent: 101 is not"),
        ({"law": None}, "waivers[0].law: missing"),
        ({"when": None}, "waivers[0].when: missing"),
        ({"fees": ["toll"]}, 'waivers[0].fees: unknown "toll"'),
        ({"evidence": "photo"}, 'waivers[0].evidence: no attachment "photo"'),
    ],
)
def test_a_waiver_wants_its_law_and_its_evidence(keys, said) -> None:
    with pytest.raises(BadDefinition) as error:
        full(waivers=[{**REST["waivers"][0], **keys}])
    assert str(error.value).startswith(said)
