"""
Every reader of foreign bytes under a coverage-guided fuzzer (atheris): `make fuzz`.

A reader may refuse in the words of its contract and in no others: whatever else comes out is a
finding, and its bytes are kept in var/fuzz/findings for a test.
"""
