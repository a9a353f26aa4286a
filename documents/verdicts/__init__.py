"""Is this paper genuine? One verdict: an outcome in plain words, and its three parts."""

from documents.verdicts.judging import (
    FILE_BYTES_MAX,
    answer,
    by_code,
    by_code_and_hash,
    by_file,
    by_number_and_code,
    is_pdf,
)
from documents.verdicts.outcomes import (
    ALTERED,
    COULD_NOT_CHECK,
    NOT_OURS,
    Finding,
    Integrity,
    Issuer,
    NotAPdf,
    Outcome,
    PublicPaper,
    Status,
    Verdict,
)

__all__ = [
    "ALTERED",
    "COULD_NOT_CHECK",
    "FILE_BYTES_MAX",
    "NOT_OURS",
    "Finding",
    "Integrity",
    "Issuer",
    "NotAPdf",
    "Outcome",
    "PublicPaper",
    "Status",
    "Verdict",
    "answer",
    "by_code",
    "by_code_and_hash",
    "by_file",
    "by_number_and_code",
    "is_pdf",
]
