"""The close of a day, its differences and its seal; the auditor's pack."""
