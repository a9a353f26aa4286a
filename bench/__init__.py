"""
How fast money is taken, beside what PostgreSQL itself can do on the same machine: `make bench`.

Every figure is a ratio to something measured in the same run; DESIGN, section 11, sets the goals.
"""
