"""How often papers may be checked from one network address: a bank's counter stays far below."""

from datetime import timedelta

from accounts.limits import Limit

FILES = Limit("verify.file", 60, timedelta(hours=1))
CODES = Limit("verify.code", 120, timedelta(hours=1))
# When nobody could answer: how soon it is worth asking again.
AGAIN_SECONDS = 10
