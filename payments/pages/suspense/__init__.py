"""What did not match: matched, split, held, paid back, written off, by two people."""
