"""The peer's own tables and its one view."""
