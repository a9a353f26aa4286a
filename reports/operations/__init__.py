"""What can be done with reports."""

from reports.operations.exporting import (
    KEPT,
    FileGone,
    TooManyExports,
    ask,
    folder,
    forget,
    opened,
    work,
)

__all__ = ["KEPT", "FileGone", "TooManyExports", "ask", "folder", "forget", "opened", "work"]
