"""What can go wrong with keys, certificates, signatures and ciphers.

A failed decryption has one code and no detail, whatever the reason was: a difference that can be seen is an oracle.
"""

from __future__ import annotations

from somec.kernel.errors import SomecError


class CryptoError(SomecError):
    """Anything that the crypto part refuses."""


class KeyUnreadable(CryptoError):  # noqa: N818 - reads as what it says
    """A key or certificate file is damaged, of a kind we do not use, or its password is wrong."""


class CertificateRefused(CryptoError):  # noqa: N818
    """A certificate is not trusted, not valid at this time, revoked, or not meant for this use."""


class AlgorithmUnknown(CryptoError):  # noqa: N818
    """An algorithm that we do not implement, or a key that does not fit it."""


class DecryptionFailed(CryptoError):  # noqa: N818
    """The ciphertext, its key or its tag is wrong. Says nothing more on purpose."""

    def __init__(self) -> None:
        super().__init__("crypto.decryption-failed")
