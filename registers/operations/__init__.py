"""Keep what a register said, and what it tells afterwards; one file a subject."""

from registers.operations.citing import WrongEntry, as_cited, cite, facts_sha256
from registers.operations.families import (
    AskedFamily,
    claim_families,
    keep_family,
    look_after,
    record_no_family,
)
from registers.operations.listening import (
    Asked,
    claim_feeds,
    forget_pages,
    keep_page,
    record_silence,
    take_in,
)
from registers.operations.paper_entries import PaperEntryRefused, check_act, cite_paper
from registers.operations.settling import NoNote, SettledAlready, open_strange_events, settle

__all__ = [
    "Asked",
    "AskedFamily",
    "NoNote",
    "PaperEntryRefused",
    "SettledAlready",
    "WrongEntry",
    "as_cited",
    "check_act",
    "cite",
    "cite_paper",
    "claim_families",
    "claim_feeds",
    "facts_sha256",
    "forget_pages",
    "keep_family",
    "keep_page",
    "look_after",
    "open_strange_events",
    "record_no_family",
    "record_silence",
    "settle",
    "take_in",
]
