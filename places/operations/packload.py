"""Which pack stands in this database, and one loader at a time."""

from pathlib import Path

from django.db import connection
from django.db.models.functions import Now

from kernel.country import BadPack
from places.models import PackLoad
from places.operations import packfiles


def begin(country: str, pack: Path) -> str:
    """
    Wait until no other load runs, and return the pack's fingerprint. Inside a transaction.

    :raises BadPack: if this database holds another country: two countries never mix
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('places.packload', 0))")
    other = PackLoad.objects.exclude(country=country).first()
    if other is not None:
        raise BadPack(f'{pack}: this database holds the country "{other.country}"')
    return packfiles.fingerprint(pack)


def stands(country: str, fingerprint: str) -> bool:
    """Say whether exactly this pack was loaded last."""
    return PackLoad.objects.filter(country=country, sha256=fingerprint).exists()


def record(country: str, fingerprint: str) -> None:
    """Remember the pack, in the transaction that loaded it."""
    PackLoad.objects.update_or_create(
        country=country, defaults={"sha256": fingerprint, "loaded_at": Now()}
    )
