"""
How our keys sign: ECDSA, or RSASSA-PSS of an RSA key (RFC 8017, 8.1).

The hash of MGF1 is that of the message, and the salt is as long: what RFC 4055 recommends, and as
long a salt as FIPS 186-5 (5.4) allows. An RSA key's certificate may name either algorithm of
RFC 4055; RSASSA-PKCS1-v1_5 is read in what others sign, and made by nobody here.
"""

from asn1crypto import algos, keys
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}


def algorithm(public: keys.PublicKeyInfo, digest_algorithm: str) -> algos.SignedDigestAlgorithm:
    """Return what a request for a certificate or a CMS calls a signature of this key."""
    if public.algorithm == "ec":
        return algos.SignedDigestAlgorithm({"algorithm": f"{digest_algorithm}_ecdsa"})
    return algos.SignedDigestAlgorithm(
        {"algorithm": "rsassa_pss", "parameters": pss_parameters(digest_algorithm)}
    )


def pss_parameters(digest_algorithm: str) -> algos.RSASSAPSSParams:
    """Return what a reader must know to check a signature (RFC 4055, 3.1)."""
    hashed = algos.DigestAlgorithm({"algorithm": digest_algorithm})
    masked = algos.MaskGenAlgorithm({"algorithm": "mgf1", "parameters": hashed})
    return algos.RSASSAPSSParams(
        {
            "hash_algorithm": hashed,
            "mask_gen_algorithm": masked,
            "salt_length": HASHES[digest_algorithm].digest_size,
        }
    )


def pss(digest_algorithm: str) -> padding.PSS:
    """Return the same for cryptography, which refuses a salt of any other length."""
    chosen = HASHES[digest_algorithm]
    return padding.PSS(mgf=padding.MGF1(chosen), salt_length=chosen.digest_size)
