"""Statements: uploaded, looked at, posted, with the fate of every line."""
