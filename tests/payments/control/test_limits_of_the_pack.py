"""The limits of the house come from the country's pack, and only two people raise them."""

import shutil

import pytest
from django.conf import settings

from kernel.country import BadPack
from payments.models import LimitDefault
from payments.operations import pack
from payments.operations.controlling.limits import LIMITED
from tests.payments.world import make_world

pytestmark = pytest.mark.django_db

COUNTRIES = settings.BASE_DIR / "countries"
REFUND = "refund.decide: {per_act_minor: 500000, per_person_minor: 5000000,"


@pytest.fixture
def folder(tmp_path):
    make_world()
    for name in ("country.yaml", "rails.yaml"):
        shutil.copy(COUNTRIES / "rw" / name, tmp_path / name)
    return tmp_path


def edit(folder, old, new):
    file = folder / "rails.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def standing():
    return LimitDefault.objects.get(act="refund.decide", currency="RWF")


@pytest.mark.parametrize("code", ["rw", "ke", "bi"])
def test_every_country_limits_what_is_approved(code, tmp_path):
    for name in ("country.yaml", "rails.yaml"):
        shutil.copy(COUNTRIES / code / name, tmp_path / name)
    pack.load(tmp_path)
    assert set(LimitDefault.objects.values_list("act", flat=True)) == {one.code for one in LIMITED}


def test_a_later_pack_lowers_a_limit(folder):
    pack.load(folder)
    assert (standing().per_act_minor, standing().zone) == (500_000, "Africa/Kigali")
    assert pack.load(folder) == []
    edit(folder, "per_act_minor: 500000,", "per_act_minor: 400000,")
    [changed] = [(one.kind, one.code, one.what) for one in pack.load(folder)]
    assert changed == ("limit", "refund.decide", "changed")
    assert standing().per_act_minor == 400_000


def test_no_pack_raises_one_and_the_rest_of_the_pack_is_loaded_with_a_word_about_it(folder):
    pack.load(folder)
    edit(folder, "per_act_minor: 500000,", "per_act_minor: 500001,")
    edit(folder, "per_person_minor: 5000000,", "per_person_minor: 4000000,")
    edit(folder, "provider: MTN Rwanda", "provider: MTN")
    told = [(one.kind, one.code, one.what) for one in pack.load(folder)]
    assert ("limit", "refund.decide", "kept") in told
    assert ("limit", "refund.decide", "changed") in told
    assert "rail" in {kind for kind, _, _ in told}
    assert (standing().per_act_minor, standing().per_person_minor) == (500_000, 4_000_000)
    again = [(one.kind, one.code, one.what) for one in pack.load(folder)]
    assert again == [("limit", "refund.decide", "kept")]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (REFUND, "refund.decide: {per_act_minor: 0, per_person_minor: 5000000,", "above zero"),
        (REFUND, "refund.decide: {per_act_minor: 9, per_person_minor: 8,", "none below"),
        (REFUND, "refund.decide: {per_act_minor: '9', per_person_minor: 9,", "whole"),
        (REFUND, "refund.decide: {per_person_minor: 9,", 'lacks "per_act_minor"'),
        ("  refund.decide:", "  refund.ask:", "limits lacks"),
        ("limits:\n", "limit:\n", 'lacks "limits"'),
    ],
)
def test_a_wrong_limit_is_refused_with_its_place(folder, old, new, message):
    edit(folder, old, new)
    with pytest.raises(BadPack, match=message):
        pack.load(folder)
