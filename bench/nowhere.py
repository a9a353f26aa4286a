"""Settings that are complete and lead nowhere, for what needs Django and neither server."""

import secrets

NOWHERE = {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "GUICHET_ENV": "test",
    "DATABASE_URL": "postgresql://nobody:nobody@127.0.0.1:9/nothing",
    "OWNER_DATABASE_URL": "postgresql://nobody:nobody@127.0.0.1:9/nothing",
    "REDIS_URL": "redis://127.0.0.1:9/0",
    "SECRET_KEY": secrets.token_urlsafe(48),
    "FIELD_KEY": secrets.token_hex(32),
}
