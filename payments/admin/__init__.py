"""The operators' window on money: everything may be looked at, nothing changed."""

from payments.admin import bills, books, control, messages, payouts, statements

__all__ = ["bills", "books", "control", "messages", "payouts", "statements"]
