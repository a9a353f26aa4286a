"""A world in which anything can happen to money in any order, for `test_any_order`."""
