"""Refunds by two people, payees proven at a desk, refund floats."""
