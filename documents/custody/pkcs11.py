"""
Keys in a hardware security module, by PKCS #11. `key_ref` is the label of the key on the token.

One session a process, opened at the first signature: after a fork the child begins anew, as
PKCS #11 asks (v2.40, 5.6.1: "C_Initialize and fork"). Whatever goes wrong closes the session and
the module; the next try opens both, so that a module that comes back is used again by itself.
"""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from threading import RLock
from typing import Any

import pkcs11
import structlog
from asn1crypto import keys
from django.conf import settings
from pkcs11 import MGF, Attribute, KeyType, Mechanism, ObjectClass
from pkcs11.exceptions import (
    MultipleObjectsReturned,
    NoSuchKey,
    PinExpired,
    PinIncorrect,
    PinInvalid,
    PinLenRange,
    PinLocked,
    PKCS11Error,
)
from pkcs11.util.ec import (
    encode_ec_public_key,
    encode_ecdsa_signature,
    encode_named_curve_parameters,
)
from pkcs11.util.rsa import encode_rsa_public_key

from documents.custody.base import P256, Holder, NoSuchSigner, SignerUnavailable
from documents.custody.held import HeldKeySigner, is_of, require_own

log = structlog.get_logger()

_WRONG_PIN = (PinIncorrect, PinInvalid, PinLenRange, PinLocked, PinExpired)
_NO_SUCH_KEY = (NoSuchKey, MultipleObjectsReturned)
_FOR_EVER_INSIDE = {Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False}
# CK_RSA_PKCS_PSS_PARAMS: the hash, that of MGF1, and the salt's length in bytes.
_PSS = {
    "sha256": (Mechanism.SHA256, MGF.SHA256, 32),
    "sha384": (Mechanism.SHA384, MGF.SHA384, 48),
    "sha512": (Mechanism.SHA512, MGF.SHA512, 64),
}


class Pkcs11Custody:
    """The token that PKCS11_MODULE, PKCS11_TOKEN and PKCS11_PIN_FILE name."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._pid = 0
        self._session: pkcs11.Session | None = None
        self._keys: dict[str, Any] = {}
        self._signers: dict[tuple[str, str], HeldKeySigner] = {}
        self._refused_pin = ""

    def signer(self, holder: Holder) -> HeldKeySigner:
        at_hand = (holder.key_ref, holder.certificate)
        if at_hand not in self._signers:

            def sign(data: bytes, digest_algorithm: str) -> bytes:
                made = self._sign(holder.key_ref, data, digest_algorithm)
                # A token may come back with another key under the same label.
                if not is_of(holder, made, data, digest_algorithm):
                    raise SignerUnavailable(f"key {holder.key_ref} is not its own any more")
                return made

            require_own(holder, sign)
            self._signers[at_hand] = HeldKeySigner(holder, sign)
        return self._signers[at_hand]

    def sign_raw(self, holder: Holder, data: bytes) -> bytes:
        return self.signer(holder).sign_raw(data, "sha256")

    def prove(self, key_ref: str, data: bytes) -> bytes:
        return self._sign(key_ref, data, "sha256")

    def make_key(self, key_ref: str, algorithm: str) -> bytes:
        def make(session: pkcs11.Session) -> bytes:
            found = {Attribute.LABEL: key_ref, Attribute.CLASS: ObjectClass.PUBLIC_KEY}
            for public in session.get_objects(found):
                return _spki(public)
            if algorithm == P256:
                curve = {Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
                source = session.create_domain_parameters(KeyType.EC, curve, local=True)
                public, _ = source.generate_keypair(
                    label=key_ref, store=True, private_template=_FOR_EVER_INSIDE
                )
            else:
                public, _ = session.generate_keypair(
                    KeyType.RSA, 3072, label=key_ref, store=True, private_template=_FOR_EVER_INSIDE
                )
            return _spki(public)

        return self._with_session(make)

    def _sign(self, key_ref: str, data: bytes, digest_algorithm: str) -> bytes:
        def sign(session: pkcs11.Session) -> bytes:
            key: Any = self._keys.get(key_ref)
            if key is None:
                key = session.get_key(object_class=ObjectClass.PRIVATE_KEY, label=key_ref)
                self._keys[key_ref] = key
            # The bare mechanisms: not every module knows how to hash (SoftHSM does not for ECDSA).
            digest = hashlib.new(digest_algorithm, data).digest()
            if key.key_type == KeyType.EC:
                return bytes(encode_ecdsa_signature(key.sign(digest, mechanism=Mechanism.ECDSA)))
            how = {"mechanism": Mechanism.RSA_PKCS_PSS, "mechanism_param": _PSS[digest_algorithm]}
            return bytes(key.sign(digest, **how))

        return self._with_session(sign)

    def _with_session(self, act: Callable[[pkcs11.Session], bytes]) -> bytes:
        """Act with the open session; with a new one where that has died, and no more than once."""
        with self._lock:
            if self._session is not None and self._pid == os.getpid():
                try:
                    return act(self._session)
                except _NO_SUCH_KEY as error:
                    # The session lives, and has answered: all other keys stay at hand.
                    raise NoSuchSigner(f"the module: {type(error).__name__}") from None
                except PKCS11Error as error:
                    log.warning("custody.session_lost", trouble=type(error).__name__)
            try:
                return act(self._open())
            except _NO_SUCH_KEY as error:
                raise NoSuchSigner(f"the module: {type(error).__name__}") from None
            except PKCS11Error as error:
                self._forget()
                raise SignerUnavailable(f"the module: {type(error).__name__}") from None

    def _open(self) -> pkcs11.Session:
        pin = _pin()
        # A wrong PIN tried every two seconds would lock the token within six.
        if pin == self._refused_pin:
            raise SignerUnavailable("the module refused this PIN: it is not tried again")
        self._forget()
        module = pkcs11.lib(settings.PKCS11_MODULE)
        try:
            # What the parent has opened is the parent's; what has failed is not to be trusted.
            module.finalize()
        except PKCS11Error as error:
            log.info("custody.module_was_not_open", trouble=type(error).__name__)
        module.initialize()
        token = module.get_token(token_label=settings.PKCS11_TOKEN)
        try:
            self._session = token.open(user_pin=pin, rw=True)
        except _WRONG_PIN:
            self._refused_pin = pin
            log.exception("custody.pin_refused")
            raise
        self._pid, self._refused_pin = os.getpid(), ""
        return self._session

    def _forget(self) -> None:
        self._session = None
        self._keys.clear()


def _pin() -> str:
    try:
        return Path(settings.PKCS11_PIN_FILE).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SignerUnavailable(f"the module's PIN: {type(error).__name__}") from None


def _spki(public: Any) -> bytes:
    if public.key_type == KeyType.EC:
        return bytes(encode_ec_public_key(public))
    told = keys.RSAPublicKey.load(encode_rsa_public_key(public))
    return bytes(keys.PublicKeyInfo.wrap(told, "rsa").dump())
