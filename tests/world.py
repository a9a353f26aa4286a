"""What every test may take for granted."""

from datetime import datetime
from zoneinfo import ZoneInfo

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=ZoneInfo("Africa/Kigali"))
"""A Monday in office hours."""
