"""The civil register's twin names the parents of a child by their numbers, where it knows them."""

from sandbox.population import World


def test_a_child_of_the_synthetic_country_has_parents_and_a_grown_up_none() -> None:
    world = World.read("rw")
    diane, alphonse = "1200970000003020", "1197480000001011"
    assert world.parents_of(diane)[0] == alphonse
    assert len(world.parents_of(diane)) == 2
    assert world.parents_of(alphonse) == []
    assert world.parents_of("nobody") == []
