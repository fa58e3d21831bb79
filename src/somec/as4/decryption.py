"""Reading xenc:EncryptedKey and xenc:EncryptedData, and opening payloads (XML Encryption 1.1; SwA profile 1.1, 5.5).

Only whole payloads are encrypted, never the header (E115, 1.4.2.6). Whatever goes wrong with a key or a ciphertext, the
sender reads the same words: EBMS:0102 and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from somec.as4.errors import FAILED_DECRYPTION, FEATURE_NOT_SUPPORTED, INVALID_HEADER, POLICY_NONCOMPLIANCE
from somec.as4.namespaces import (
    ATTACHMENT_CIPHERTEXT,
    ATTACHMENT_CONTENT_ONLY,
    DS,
    DSIG11,
    DSIG_MORE,
    WSSE,
    XENC,
    XENC11,
)
from somec.as4.octets import Collector, Octets
from somec.as4.soap import WSU_ID, Soap, algorithm_of, base64_of, only, optional, refuse, text_of, within
from somec.as4.tokens import KeyName, read_key_name
from somec.as4.verification import part_of
from somec.crypto import content as ciphers
from somec.crypto import suites
from somec.crypto.errors import AlgorithmUnknown, DecryptionFailed
from somec.crypto.keys import KeyPair

Accepts = Callable[[str], bool]
_SMALL = 1 << 20  # ciphertexts up to this size are opened in one call


@dataclass(frozen=True, slots=True)
class EncryptedKey:
    """A content key under the recipient's key: by RSA-OAEP, or by X25519 agreement when ``agreed`` is set."""

    id: str
    algorithm: str
    digest: str
    mask: str
    wrapped: bytes
    recipient: KeyName
    agreed: suites.AgreedKey | None
    data_ids: tuple[str, ...]
    algorithms: tuple[str, ...]
    """Every algorithm the key uses, for the P-Mode to accept."""


@dataclass(frozen=True, slots=True)
class EncryptedPart:
    """One encrypted payload: where it is, how, and under which key."""

    content_id: str
    algorithm: str
    mime_type: str
    key: EncryptedKey


def read_encryption(soap: Soap, parts: Mapping[str, Octets]) -> tuple[EncryptedPart, ...]:
    """Read what is encrypted. Raises EBMS:0009, 0008 (something other than a payload is), 0101 (no key named)."""
    for outside in (soap.body, soap.messaging):
        if next(within(outside, XENC, "EncryptedData"), None) is not None:
            raise refuse(FEATURE_NOT_SUPPORTED, "encryption.of-header-or-body")
    if soap.security is None:
        return ()
    keys = [_encrypted_key(one, soap) for one in within(soap.security, XENC, "EncryptedKey")]
    return tuple(_encrypted_part(one, keys, parts) for one in within(soap.security, XENC, "EncryptedData"))


def _encrypted_key(element: etree._Element, soap: Soap) -> EncryptedKey:
    method = only(element, XENC, "EncryptionMethod")
    algorithm = algorithm_of(method)
    wrapped = base64_of(only(only(element, XENC, "CipherData"), XENC, "CipherValue"))
    listed = optional(element, XENC, "ReferenceList")
    key_info = only(element, DS, "KeyInfo")
    agreement = optional(key_info, XENC, "AgreementMethod")
    identifier = element.get("Id") or element.get(WSU_ID) or ""
    data_ids = _data_ids(listed)
    if agreement is not None:
        agreed, used = _agreed(agreement, wrapped)
        named = read_key_name(only(agreement, XENC, "RecipientKeyInfo"), soap.ids)
        return EncryptedKey(identifier, algorithm, "", "", wrapped, named, agreed, data_ids, (algorithm, *used))
    digest, mask = _oaep(method, algorithm)
    named = read_key_name(key_info, soap.ids)
    return EncryptedKey(identifier, algorithm, digest, mask, wrapped, named, None, data_ids, (algorithm, digest, mask))


def _data_ids(listed: etree._Element | None) -> tuple[str, ...]:
    if listed is None:
        return ()
    return tuple(one.get("URI", "").removeprefix("#") for one in within(listed, XENC, "DataReference"))


def _oaep(method: etree._Element, algorithm: str) -> tuple[str, str]:
    """Return digest and mask function of RSA-OAEP; XML Encryption's defaults are SHA-1 and MGF1 with SHA-1 (5.5.2)."""
    digest = optional(method, DS, "DigestMethod")
    mask = optional(method, XENC11, "MGF")
    if mask is not None and algorithm == suites.RSA_OAEP_MGF1P:
        raise refuse(INVALID_HEADER, "encryption.mask")
    return (
        algorithm_of(digest) if digest is not None else suites.SHA1,
        algorithm_of(mask) if mask is not None else suites.MGF1_SHA1,
    )


def _agreed(agreement: etree._Element, wrapped: bytes) -> tuple[suites.AgreedKey, tuple[str, ...]]:
    """Read X25519 agreement with HKDF parameters (RFC 9231; Salt and Info are base64, KeyLength is octets)."""
    derivation = only(agreement, XENC11, "KeyDerivationMethod")
    parameters = only(derivation, DSIG_MORE, "HKDFParams")
    info = optional(parameters, DSIG_MORE, "Info")
    if text_of(only(parameters, DSIG_MORE, "KeyLength")) != str(suites.KEK_BYTES):
        raise refuse(POLICY_NONCOMPLIANCE, "algorithm.not-accepted")
    originator = only(only(agreement, XENC, "OriginatorKeyInfo"), DSIG11, "DEREncodedKeyValue")
    agreed = suites.AgreedKey(
        originator=base64_of(originator),
        salt=base64_of(only(parameters, DSIG_MORE, "Salt")),
        info=base64_of(info) if info is not None else b"",
        wrapped=wrapped,
    )
    return agreed, (
        algorithm_of(agreement),
        algorithm_of(derivation),
        algorithm_of(only(parameters, DSIG_MORE, "PRF")),
    )


def _encrypted_part(
    element: etree._Element, keys: Sequence[EncryptedKey], parts: Mapping[str, Octets]
) -> EncryptedPart:
    reference = optional(only(element, XENC, "CipherData"), XENC, "CipherReference")
    if reference is None:
        raise refuse(FEATURE_NOT_SUPPORTED, "encryption.of-header-or-body")
    steps = [algorithm_of(one) for one in within(reference, DS, "Transform")]
    if steps != [ATTACHMENT_CIPHERTEXT] or element.get("Type", ATTACHMENT_CONTENT_ONLY) != ATTACHMENT_CONTENT_ONLY:
        raise refuse(FEATURE_NOT_SUPPORTED, "encryption.transform")
    uri = reference.get("URI", "")
    name = part_of(uri, parts) if uri.startswith("cid:") else None
    if name is None:
        raise refuse(FAILED_DECRYPTION, "encryption.part-missing")
    return EncryptedPart(
        content_id=name,
        algorithm=algorithm_of(only(element, XENC, "EncryptionMethod")),
        mime_type=element.get("MimeType", ""),
        key=_key_of(element, keys),
    )


def _key_of(element: etree._Element, keys: Sequence[EncryptedKey]) -> EncryptedKey:
    """Return the key of an EncryptedData: named in its KeyInfo, or listed by the key, or the only one there is."""
    identifier = element.get("Id") or element.get(WSU_ID) or ""
    named = {one.get("URI", "").removeprefix("#") for one in within(element, WSSE, "Reference")}
    for key in keys:
        if key.id and key.id in named:
            return key
    for key in keys:
        if identifier and identifier in key.data_ids:
            return key
    if len(keys) == 1 and not named and not keys[0].data_ids:
        return keys[0]
    raise refuse(FAILED_DECRYPTION, "encryption.key-missing")


def check_algorithms(encrypted: Sequence[EncryptedPart], accepts: Accepts) -> None:
    """Raise EBMS:0103 for an algorithm that the P-Mode does not accept."""
    for one in encrypted:
        if not all(accepts(name) for name in (one.algorithm, *one.key.algorithms)):
            raise refuse(POLICY_NONCOMPLIANCE, "algorithm.not-accepted")


def open_key(key: EncryptedKey, ours: Sequence[KeyPair], *, guess: bool = False) -> bytes:
    """Return the content key, opened with the one of our keys that is named. Raises EBMS:0102.

    ``guess`` tries every key when none is named; for recordings, whose certificates may have been renewed since.
    """
    named = [pair for pair in ours if key.recipient.matches(pair.certificate)]
    for pair in named or (ours if guess else ()):
        try:
            if key.agreed is not None:
                return suites.open_agreed(pair.private, key.agreed)
            return suites.open_transported(pair.private, key.wrapped, key.digest, key.mask)
        except (DecryptionFailed, AlgorithmUnknown):
            continue
    raise refuse(FAILED_DECRYPTION, "decryption.failed")


def open_part(one: EncryptedPart, content: Octets, key: bytes) -> Octets:
    """Return a payload decrypted (still compressed). Nothing comes out before its tag was seen. Raises EBMS:0102."""
    try:
        if content.in_memory and content.size <= _SMALL:
            return Octets.of(ciphers.decrypt(one.algorithm, key, content.read()))
        if one.algorithm in ciphers.CBC_ALGORITHMS:
            return Octets.of(ciphers.decrypt(one.algorithm, key, content.read()))
        return _open_stream(one.algorithm, content, key)
    except (DecryptionFailed, AlgorithmUnknown) as error:
        raise refuse(FAILED_DECRYPTION, "decryption.failed") from error


def _open_stream(algorithm: str, content: Octets, key: bytes) -> Octets:
    end = content.size - ciphers.TAG_BYTES
    if end < ciphers.IV_BYTES:
        raise DecryptionFailed
    iv, tag = content.slice(0, ciphers.IV_BYTES), content.slice(end, content.size)
    decryption = ciphers.GcmDecryption(algorithm, key, iv, tag)
    with Collector() as collector:
        for piece in content.window(ciphers.IV_BYTES, end).chunks():
            collector.write(decryption.update(piece))
        decryption.finish()
        return collector.finish()
