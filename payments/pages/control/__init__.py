"""Spending control: debits that somebody must explain, limits, who may approve what."""
