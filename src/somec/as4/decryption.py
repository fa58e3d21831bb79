"""Reading xenc:EncryptedKey and xenc:EncryptedData, and opening payloads (XML Encryption 1.1; SwA profile 1.1, 5.5).

Only whole payloads are encrypted, never the header (E115, 1.4.2.6). Whatever goes wrong with a key or a ciphertext, the
sender reads the same words: EBMS:0102 and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from lxml import etree

from somec.as4.errors import FAILED_DECRYPTION, FEATURE_NOT_SUPPORTED, INVALID_HEADER, POLICY_NONCOMPLIANCE
from somec.as4.namespaces import (
    ATTACHMENT_CIPHERTEXT,
    ATTACHMENT_CONTENT_ONLY,
    DS,
    DSIG11,
    DSIG_MORE,
    ENCRYPTED_KEY_SHA1,
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
    label: bytes
    """OAEP's label; nearly always empty."""
    recipient: KeyName
    agreed: suites.AgreedKey | None
    data_ids: tuple[str, ...]
    element: etree._Element = field(repr=False, compare=False)
    algorithms: tuple[str, ...]
    """Every algorithm the key uses, for the P-Mode to accept."""


@dataclass(frozen=True, slots=True)
class EncryptedPart:
    """One encrypted payload: where it is, how, and under which key."""

    content_id: str
    algorithm: str
    mime_type: str
    keys: tuple[EncryptedKey, ...]
    """The key that opens it; one for each recipient where there are several, ours first."""

    @property
    def key(self) -> EncryptedKey:
        """The key to open it with."""
        return self.keys[0]


def read_encryption(soap: Soap, parts: Mapping[str, Octets], ours: Sequence[KeyPair] = ()) -> tuple[EncryptedPart, ...]:
    """Read what is encrypted. Raises EBMS:0009, 0008 (something other than a payload is), 0101 (no key named)."""
    check_place(soap)
    if soap.security is None:
        return ()
    elements = list(within(soap.security, XENC, "EncryptedData"))
    keys = [read_key(one, soap) for one in within(soap.security, XENC, "EncryptedKey")]
    return tuple(read_part(one, keys, parts, ours) for one in elements)


def check_place(soap: Soap) -> None:
    """Raise EBMS:0008 when the body or the header is encrypted instead of payloads."""
    for outside in (soap.body, soap.messaging):
        if next(within(outside, XENC, "EncryptedData"), None) is not None:
            raise refuse(FEATURE_NOT_SUPPORTED, "encryption.of-header-or-body")


def read_key(element: etree._Element, soap: Soap) -> EncryptedKey:
    """Read xenc:EncryptedKey. Raises EBMS:0009, 0101 (no key named), 0103."""
    method = only(element, XENC, "EncryptionMethod")
    algorithm = algorithm_of(method)
    wrapped = base64_of(only(only(element, XENC, "CipherData"), XENC, "CipherValue"))
    listed = optional(element, XENC, "ReferenceList")
    key_info = optional(element, DS, "KeyInfo")
    agreement = optional(key_info, XENC, "AgreementMethod") if key_info is not None else None
    identifier = element.get("Id") or element.get(WSU_ID) or ""
    data_ids = _data_ids(listed)
    if agreement is not None:
        agreed, used = _agreed(agreement, wrapped)
        named = read_key_name(only(agreement, XENC, "RecipientKeyInfo"), soap.ids)
        algorithms = (algorithm, *used)
        return EncryptedKey(identifier, algorithm, "", "", wrapped, b"", named, agreed, data_ids, element, algorithms)
    named = read_key_name(key_info, soap.ids) if key_info is not None else KeyName()
    if algorithm == suites.RSA_1_5:
        return EncryptedKey(identifier, algorithm, "", "", wrapped, b"", named, None, data_ids, element, (algorithm,))
    digest, mask, label = _oaep(method, algorithm)
    algorithms = (algorithm, digest, mask)
    return EncryptedKey(identifier, algorithm, digest, mask, wrapped, label, named, None, data_ids, element, algorithms)


def _data_ids(listed: etree._Element | None) -> tuple[str, ...]:
    if listed is None:
        return ()
    return tuple(one.get("URI", "").removeprefix("#") for one in within(listed, XENC, "DataReference"))


def _oaep(method: etree._Element, algorithm: str) -> tuple[str, str, bytes]:
    """Return digest, mask function and label; XML Encryption's defaults are SHA-1 and MGF1 with SHA-1 (5.5.2)."""
    digest = optional(method, DS, "DigestMethod")
    mask = optional(method, XENC11, "MGF")
    label = optional(method, XENC, "OAEPparams")
    if mask is not None and algorithm == suites.RSA_OAEP_MGF1P and algorithm_of(mask) != suites.MGF1_SHA1:
        raise refuse(INVALID_HEADER, "encryption.mask")
    return (
        algorithm_of(digest) if digest is not None else suites.SHA1,
        algorithm_of(mask) if mask is not None else suites.MGF1_SHA1,
        base64_of(label) if label is not None else b"",
    )


def _agreed(agreement: etree._Element, wrapped: bytes) -> tuple[suites.AgreedKey, tuple[str, ...]]:
    """Read agreement on a curve with HKDF parameters (RFC 9231; Salt and Info are base64, KeyLength is octets)."""
    derivation = only(agreement, XENC11, "KeyDerivationMethod")
    parameters = only(derivation, DSIG_MORE, "HKDFParams")
    info = optional(parameters, DSIG_MORE, "Info")
    if text_of(only(parameters, DSIG_MORE, "KeyLength")) != str(suites.KEK_BYTES):
        raise refuse(POLICY_NONCOMPLIANCE, "algorithm.not-accepted")
    agreed = suites.AgreedKey(
        originator=_originator(only(agreement, XENC, "OriginatorKeyInfo")),
        method=algorithm_of(agreement),
        salt=base64_of(only(parameters, DSIG_MORE, "Salt")),
        info=base64_of(info) if info is not None else b"",
        wrapped=wrapped,
    )
    return agreed, (
        algorithm_of(agreement),
        algorithm_of(derivation),
        algorithm_of(only(parameters, DSIG_MORE, "PRF")),
    )


def _originator(holder: etree._Element) -> bytes:
    """Return the sender's passing key as DER; it came so, or as a point on a named curve (XML Signature 1.1, 4.5.2)."""
    point = next(within(holder, DSIG11, "ECKeyValue"), None)
    if point is None:
        return base64_of(only(holder, DSIG11, "DEREncodedKeyValue"))
    curve = only(point, DSIG11, "NamedCurve").get("URI", "").removeprefix("urn:oid:")
    try:
        return suites.curve_point(curve, base64_of(only(point, DSIG11, "PublicKey")))
    except DecryptionFailed as error:
        raise refuse(FAILED_DECRYPTION, "decryption.failed") from error


def read_part(
    element: etree._Element, keys: Sequence[EncryptedKey], parts: Mapping[str, Octets], ours: Sequence[KeyPair]
) -> EncryptedPart:
    """Read xenc:EncryptedData of a payload. Raises EBMS:0009, 0008, 0102 (no such part, no such key)."""
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
    possible = keys_of(element, keys)
    if not possible:
        raise refuse(FAILED_DECRYPTION, "encryption.key-missing")
    return EncryptedPart(
        content_id=name,
        algorithm=algorithm_of(only(element, XENC, "EncryptionMethod")),
        mime_type=element.get("MimeType", ""),
        keys=tuple(sorted(possible, key=lambda key: not _is_for(key, ours))),
    )


def _is_for(key: EncryptedKey, ours: Sequence[KeyPair]) -> bool:
    return any(key.recipient.matches(pair.certificate) for pair in ours)


def keys_of(element: etree._Element, keys: Sequence[EncryptedKey]) -> list[EncryptedKey]:
    """Return the keys of an EncryptedData, one for each recipient.

    In this order: those inside it; those its KeyInfo names by id or by the SHA-1 of the wrapped key (WSS 1.1, 7.3);
    those that list it; the only one there is, where neither names the other.
    """
    identifier = element.get("Id") or element.get(WSU_ID) or ""
    held = list(within(element, XENC, "EncryptedKey"))
    inside = [key for key in keys if any(key.element is one for one in held)]
    if inside:
        return inside
    named = {one.get("URI", "").removeprefix("#") for one in within(element, WSSE, "Reference")}
    named |= {one.get("URI", "").removeprefix("#") for one in within(element, DS, "RetrievalMethod")}
    digests = {base64_of(one) for one in within(element, WSSE, "KeyIdentifier") if _names_wrapped_key(one)}
    found = [key for key in keys if (key.id and key.id in named) or (digests and suites.sha1(key.wrapped) in digests)]
    listing = [key for key in keys if identifier and identifier in key.data_ids]
    # Of several recipients the KeyInfo can name but one; the others list the data.
    found += [key for key in listing if key not in found]
    if not found and len(keys) == 1 and not (named or digests or keys[0].data_ids):
        return list(keys)
    return found


def _names_wrapped_key(element: etree._Element) -> bool:
    return element.get("ValueType", "") == ENCRYPTED_KEY_SHA1


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
            return _unwrap(key, pair)
        except (DecryptionFailed, AlgorithmUnknown):
            continue
    raise refuse(FAILED_DECRYPTION, "decryption.failed")


def _unwrap(key: EncryptedKey, pair: KeyPair) -> bytes:
    if key.agreed is not None:
        return suites.open_agreed(pair.private, key.agreed)
    if key.algorithm == suites.RSA_1_5:
        return suites.open_transported_1_5(pair.private, key.wrapped)
    return suites.open_transported(pair.private, key.wrapped, key.digest, key.mask, key.label)


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
