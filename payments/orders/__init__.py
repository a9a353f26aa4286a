"""Orders to a bank, and what it says of them: ISO 20022 pain.001 out, pain.002 in. Pure."""
