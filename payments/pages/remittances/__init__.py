"""Remittances: batches by beneficiary, orders to the bank, advice; what an agency sees."""
