"""
What the environment says, read by pure functions; `settings.py` takes it from here.

Everything that is wrong is told at once, a sentence each; no value is ever repeated in it.
"""

from config.environment.neighbours import Rail, directory, rails_of
from config.environment.reader import ENVIRONMENTS, named
from config.environment.roads import (
    TLS_OF_DATABASE,
    scanner,
    signing_service,
    timestamp_authorities,
    traces,
)
from config.environment.telling import language_name, metrics_token, security_contact
from config.environment.wiring import Wiring, read

__all__ = [
    "ENVIRONMENTS",
    "TLS_OF_DATABASE",
    "Rail",
    "Wiring",
    "directory",
    "language_name",
    "metrics_token",
    "named",
    "rails_of",
    "read",
    "scanner",
    "security_contact",
    "signing_service",
    "timestamp_authorities",
    "traces",
]
