"""What can be asked of reports: how far somebody sees, the tables, and what is being made."""

from reports.queries.building import NotWithinReach, build, lines, reads
from reports.queries.making import NoExport, export, mine
from reports.queries.reaching import Reach, reach

__all__ = [
    "NoExport",
    "NotWithinReach",
    "Reach",
    "build",
    "export",
    "lines",
    "mine",
    "reach",
    "reads",
]
