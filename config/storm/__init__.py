"""A bad day by seed: payers, networks and banks against the running house, and the reckoning."""
