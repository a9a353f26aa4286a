from django import forms
from django.template import Context, Template
from django.utils import translation


class Birth(forms.Form):
    family_name = forms.CharField(
        label="Family name", help_text="As on the <b>card</b>", max_length=60
    )
    nickname = forms.CharField(label="Nickname", required=False)
    whose = forms.ChoiceField(
        label="Whose certificate is it?",
        choices=[("mine", "Mine"), ("child", "My child's")],
        widget=forms.RadioSelect,
    )
    agreed = forms.BooleanField(label="I agree")
    phone = forms.CharField(
        label="Phone", widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"})
    )

    def clean(self) -> dict[str, object]:
        raise forms.ValidationError("These two do not fit together.")


def sent(**answers: str) -> str:
    with translation.override("en"):
        return str(Birth(answers))


def test_a_label_a_hint_and_an_error_are_tied_to_their_field() -> None:
    drawn = sent(whose="mine", agreed="on", phone="0788")
    assert '<label for="id_family_name">Family name</label>' in drawn
    assert 'aria-describedby="id_family_name_helptext id_family_name_error"' in drawn
    assert 'id="id_family_name_helptext"' in drawn
    assert 'id="id_family_name_error"' in drawn
    assert 'aria-invalid="true"' in drawn


def test_a_field_without_a_mistake_shows_none() -> None:
    with translation.override("en"):
        assert "wrong" not in str(Birth())


def test_what_was_typed_is_kept_and_harmless() -> None:
    drawn = sent(family_name='"><script>alert(1)</script>', whose="mine")
    assert "<script" not in drawn
    assert "&lt;script&gt;" in drawn


def test_a_hint_from_a_pack_is_text_and_not_markup() -> None:
    assert "As on the &lt;b&gt;card&lt;/b&gt;" in sent()


def test_only_what_may_be_left_out_says_so() -> None:
    drawn = sent()
    assert drawn.count("(optional)") == 1
    assert 'Nickname <span class="hint">(optional)' in drawn


def test_radio_buttons_stand_in_a_fieldset_with_a_legend_and_large_targets() -> None:
    drawn = sent(whose="child")
    assert "<legend>Whose certificate is it?</legend>" in drawn
    assert drawn.count('class="choice"') == 3  # Two radio buttons and the tick box.
    assert '<label for="id_whose_1">My child&#x27;s</label>' in drawn


def test_a_tick_box_is_labelled_once_and_after_it() -> None:
    drawn = sent()
    assert drawn.count('for="id_agreed"') == 1
    assert drawn.index('id="id_agreed"') < drawn.index('for="id_agreed"')


def test_what_the_keyboard_should_be_reaches_the_phone() -> None:
    assert 'inputmode="tel" autocomplete="tel"' in sent()


def test_the_summary_names_each_mistake_and_leads_to_it() -> None:
    summary = Template("{% load components %}{% error_summary form %}")
    with translation.override("en"):
        drawn = summary.render(Context({"form": Birth({"phone": "1"})}))
    assert '<a href="#form-errors">These two do not fit together.</a>' in drawn
    assert '<a href="#id_family_name">Family name: This field is required.</a>' in drawn
    assert '<a href="#id_whose_0">Whose certificate is it: This field is required.</a>' in drawn
    assert 'href="#id_nickname"' not in drawn


def test_a_form_not_yet_sent_has_no_summary() -> None:
    summary = Template("{% load components %}{% error_summary form %}")
    assert summary.render(Context({"form": Birth()})).strip() == ""
    assert summary.render(Context({"form": None})).strip() == ""
