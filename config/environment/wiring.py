"""All that a process must be told before it starts, read in one go."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from config.environment import roads
from config.environment.neighbours import Rail, gateways
from config.environment.reader import DEVELOPMENT_SECRET, Reader, named


@dataclass(frozen=True, kw_only=True)
class Wiring:
    """What a process needs to know of its neighbours, and the secrets that it shares with them."""

    secret_key: str
    # Hex of 32 bytes each, oldest first; the last encrypts, all decrypt.
    field_keys: list[str]
    # The same, for blind indexes and keyed hashes; the first of them unless it is named.
    index_key: str
    next_index_key: str
    # Hex of 32 bytes each, the seeds of Ed25519 keys; the last signs the seals of the trace.
    audit_keys: list[str]
    site_url: str
    sandbox_url: str
    database_url: str
    # The login that migrates; empty where nobody is to migrate with these variables.
    owner_database_url: str
    redis_url: str
    # "local" or "s3"; S3_ENDPOINT and the others, empty where no object store is named.
    files_storage: str
    object_store: dict[str, str]
    gateways: dict[str, dict[str, Any]]


def read(variables: Mapping[str, str], *, rails: list[Rail]) -> Wiring:
    """
    Read all variables; outside production what is missing is the sandbox's, on this machine.

    :raises ImproperlyConfigured: a sentence for each variable that cannot be used
    """
    said = Reader(variables, production=named(variables) == "production")
    site_url = said.site()
    sandbox_url = said.text("SANDBOX_URL", "http://127.0.0.1:8001", needed=False).rstrip("/")
    wiring = Wiring(
        secret_key=said.secret("SECRET_KEY", f"{DEVELOPMENT_SECRET}-{'key' * 16}"),
        field_keys=(field_keys := said.field_keys("FIELD_KEY")),
        index_key=said.index_key("INDEX_KEY", field_keys),
        next_index_key=said.index_key("NEXT_INDEX_KEY", [""]),
        audit_keys=said.field_keys("AUDIT_KEY"),
        site_url=site_url,
        sandbox_url=sandbox_url,
        database_url=roads.database_url(said),
        owner_database_url=roads.owner_database_url(said),
        redis_url=roads.redis_url(said),
        files_storage=said.files_storage(),
        object_store=said.object_store(),
        gateways=gateways(said, rails, site_url=site_url, sandbox_url=sandbox_url),
    )
    if said.production and {*wiring.audit_keys} & {*wiring.field_keys, wiring.index_key}:
        # Who can read the data could else also sign a trace of what she did with them.
        said.complain("AUDIT_KEY must be a key of its own, and neither FIELD_KEY nor INDEX_KEY.")
    if said.wrong:
        # On one line: that is what a supervisor shows of a process that did not start.
        raise ImproperlyConfigured(" ".join(said.wrong))
    return wiring
