"""What a statement may be at most: a file beyond these is refused before it is read."""

# A hundred thousand camt entries with their details are about 90 MB.
BYTES_MAX = 128 * 1024 * 1024
ENTRIES_MAX = 250_000
STATEMENTS_MAX = 5_000
# Bytes of XML without an entry or a detail in them; more is no statement, and fills the memory.
XML_GAP_MAX = 1024 * 1024
# Lines that may stand before the header of a CSV file.
PREAMBLE_MAX = 50
# Characters kept of one reference or remittance text; ISO 20022 has 140 a line, SWIFT 6 x 65.
TEXT_MAX = 2_000
# Fits a bigint with room for the sum of a whole file.
MINOR_MAX = 10**15
