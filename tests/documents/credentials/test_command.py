"""`manage.py credentials`."""

import pytest
import time_machine
from django.core.management import call_command

from tests.documents.world import World
from tests.world import NOON

pytestmark = pytest.mark.django_db


def test_the_table_names_no_person_and_rings_for_what_ends(world: World, capsys) -> None:
    with time_machine.travel(NOON, tick=False):
        call_command("credentials")
        told = capsys.readouterr().out
        call_command("credentials", ending=60)
        assert "0 credentials" in capsys.readouterr().out
        with pytest.raises(SystemExit):
            call_command("credentials", ending=731)
    assert "5 credentials" in told
    assert f"account {world.officer_id}" in told
    assert "the state" in told
    assert "Uwase" not in told
