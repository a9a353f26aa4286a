"""What stands on a phone: messages, prompts, money."""

import sqlite3
from decimal import Decimal

from starlette.applications import Starlette

from sandbox import prompts

_SHOWN_MAX = 50


def messages(app: Starlette, msisdn: str) -> list[sqlite3.Row]:
    """Return the newest messages, newest first."""
    rows: list[sqlite3.Row] = app.state.store.rows(
        "SELECT * FROM message WHERE msisdn = ? ORDER BY at DESC LIMIT ?", msisdn, _SHOWN_MAX
    )
    return rows


def prompts_of(app: Starlette, msisdn: str) -> list[sqlite3.Row]:
    """Return the newest payment prompts, newest first, expired ones ended."""
    prompts.expire_due(app)
    rows: list[sqlite3.Row] = app.state.store.rows(
        "SELECT * FROM prompt WHERE msisdn = ? ORDER BY at DESC LIMIT ?", msisdn, _SHOWN_MAX
    )
    return rows


def payments(app: Starlette, msisdn: str) -> list[sqlite3.Row]:
    rows: list[sqlite3.Row] = app.state.store.rows(
        "SELECT * FROM payment WHERE msisdn = ? ORDER BY at DESC LIMIT ?", msisdn, _SHOWN_MAX
    )
    return rows


def balance(app: Starlette, msisdn: str) -> Decimal:
    found: Decimal = app.state.store.balance(msisdn, app.state.world.opening_balance(msisdn))
    return found


def shown(msisdn: str) -> str:
    """Return the number in groups: 250788000101 -> +250 788 000 101."""
    return "+" + " ".join(msisdn[i : i + 3] for i in range(0, len(msisdn), 3))
