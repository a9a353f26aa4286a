"""
Files in a bucket of an object store that speaks S3.

Loaded only where one is named: boto3 takes a process a third of a second.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from storages.backends.s3 import S3Storage

from kernel import outgoing
from kernel.files.base import (
    FILE_BYTES_MAX,
    FileChanged,
    FileMissing,
    StorageUnavailable,
    path_of,
)

# A call takes 6 s at most, so that it ends within the lease of the errand that makes it.
CONNECT_SECONDS, READ_SECONDS, TRIES = 1, 2, 2
BODY_SECONDS = 4
_CHUNK_BYTES = 64 * 1024


@dataclass(frozen=True)
class Address:
    endpoint: str
    bucket: str
    region: str
    access_key: str
    secret_key: str


class Bucket:
    def __init__(self, address: Address) -> None:
        self._bucket = address.bucket
        self._storage = S3Storage(
            endpoint_url=address.endpoint,
            bucket_name=address.bucket,
            region_name=address.region,
            access_key=address.access_key,
            secret_key=address.secret_key,
            verify=outgoing.roots_for(address.endpoint),
            security_token=None,  # Or it would be whatever the environment says.
            client_config=Config(
                signature_version="s3v4",
                connect_timeout=CONNECT_SECONDS,
                read_timeout=READ_SECONDS,
                retries={"total_max_attempts": TRIES, "mode": "standard"},
                # With the payload signed the store itself refuses bytes that the road has changed.
                s3={"addressing_style": "path", "payload_signing_enabled": True},
                # Stores other than Amazon's refuse the trailers that newer clients send unasked.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def put(self, sha256: str, data: bytes, media_type: str) -> None:
        with _asked():
            kept_bytes = self._put_if_absent(sha256, data, media_type)
        if kept_bytes not in {None, len(data)}:
            raise FileChanged(sha256)

    def get(self, sha256: str) -> bytes:
        with _asked(missing=sha256):
            answer = self._client.get_object(Bucket=self._bucket, Key=path_of(sha256))
            if answer["ContentLength"] > FILE_BYTES_MAX:
                answer["Body"].close()
                raise FileChanged(sha256)
            return b"".join(_chunks(answer["Body"]))

    def drop(self, sha256: str) -> None:
        with _asked():
            self._client.delete_object(Bucket=self._bucket, Key=path_of(sha256))

    def _put_if_absent(self, sha256: str, data: bytes, media_type: str) -> int | None:
        """Return None if it was put, or else the size in bytes of what was there before."""
        what: dict[str, Any] = {
            "Bucket": self._bucket,
            "Key": path_of(sha256),
            "Body": data,
            "ContentType": media_type,
        }
        try:
            self._client.put_object(**what, IfNoneMatch="*")
        except ClientError as error:
            status = _status(error)
            if status == HTTPStatus.PRECONDITION_FAILED:
                return self._size(sha256)
            if status != HTTPStatus.NOT_IMPLEMENTED:
                raise
            # A store that knows no conditions: ask first. Two writers at once write equal bytes.
            if (there := self._size(sha256)) is not None:
                return there
            self._client.put_object(**what)
        return None

    def _size(self, sha256: str) -> int | None:
        try:
            told = self._client.head_object(Bucket=self._bucket, Key=path_of(sha256))
        except ClientError as error:
            if _status(error) == HTTPStatus.NOT_FOUND:
                return None
            raise
        return int(told["ContentLength"])

    @property
    def _client(self) -> Any:
        # One a thread, as django-storages keeps them.
        return self._storage.connection.meta.client


@contextmanager
def _asked(*, missing: str = "") -> Iterator[None]:
    """Turn what the client raises into our words; `missing` names what was asked for."""
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if missing and code == "NoSuchKey":
            raise FileMissing(missing) from None
        raise StorageUnavailable(f"the object store answers {code or _status(error)}") from error
    except BotoCoreError as error:
        # Its text would show addresses.
        raise StorageUnavailable(f"the object store: {type(error).__name__}") from error


def _chunks(body: Any) -> Iterator[bytes]:
    """Read to the end, but not for ever: a store may drip."""
    ends = time.monotonic() + BODY_SECONDS
    while chunk := body.read(_CHUNK_BYTES):
        yield chunk
        if time.monotonic() > ends:
            body.close()
            raise StorageUnavailable("the object store is too slow")


def _status(error: ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
