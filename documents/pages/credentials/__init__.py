"""Credentials at the desk: who signs with what until when, asked and decided by two people."""
