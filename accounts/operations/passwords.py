"""Comparing a password, in the same time whether or not there is an account."""

from django.contrib.auth.hashers import check_password, make_password

from accounts.models import Account

PASSWORD_LENGTH_MAX = 512  # Argon2 reads it all: a megabyte would be a way to keep us busy.


def matches(account: Account | None, password: str) -> bool:
    if len(password) > PASSWORD_LENGTH_MAX:
        return False
    if account is None:
        # The same work for an unknown address: the time of the answer tells nothing.
        make_password(password)
        return False
    return check_password(password, account.password)
