"""Verifying ds:Signature: who signed, what exactly is covered, and that nothing else is believed.

Order on the strict path: shape and algorithms, signer (only certificates we pinned), signature value, and only then the
digests of what the references point to. A reference must point to an element by identity or to a payload by content id;
what a message wants us to believe (eb:Messaging, the body, every payload) must be among the targets.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from lxml import etree

from somec.as4.attachments import digests
from somec.as4.errors import FAILED_AUTHENTICATION, POLICY_NONCOMPLIANCE, As4Error
from somec.as4.headers import read_reference
from somec.as4.message import Reference
from somec.as4.namespaces import ATTACHMENT_CONTENT, DS, EXC_C14N, INC_C14N
from somec.as4.octets import Octets
from somec.as4.soap import Soap, algorithm_of, base64_of, canonical, children, fields, only, optional, refuse
from somec.as4.tokens import KeyName, read_key_name
from somec.crypto import suites
from somec.crypto.certificates import Certificate
from somec.crypto.errors import AlgorithmUnknown

Accepts = Callable[[str], bool]
_TRANSFORMS = f"{{{DS}}}Transforms"
# Of ds:SignedInfo in canonical form: its prefix with the colon (empty for the default namespace), its declaration.
_SIGNED_INFO = re.compile(rb'<((?:[^\s<>/:=]+:)?)SignedInfo( xmlns(?::[^\s<>/:=]+)?="[^"]*")')


@dataclass(frozen=True, slots=True)
class SignedReference:
    """A ds:Reference of a signature with its one transform; none is named where there is none or more than one."""

    reference: Reference
    transform: str
    prefixes: tuple[str, ...]

    @property
    def is_part(self) -> bool:
        """Tell whether it points to a payload."""
        return self.reference.uri.startswith("cid:")


@dataclass(frozen=True, slots=True)
class Signature:
    """A ds:Signature as it was read; nothing of it is proven yet."""

    signed_info: bytes
    """The canonical octets that the value signs."""
    method: str
    canonicalization: str
    value: bytes
    references: tuple[SignedReference, ...]
    key: KeyName


def read_signature(soap: Soap, most_references: int, *, keep: bool = True) -> Signature | None:
    """Read the one signature of a message, or None when there is none. Raises EBMS:0101 or 0009.

    ``keep`` keeps the octets of each reference, which a receipt repeats; a receipt itself needs no receipt.
    """
    if soap.security is None:
        return None
    found = children(soap.security, DS, "Signature")
    if len(found) > 1:
        raise refuse(FAILED_AUTHENTICATION, "signature.several")
    if not found:
        return None
    element = found[0]
    signed_info = only(element, DS, "SignedInfo")
    method = only(signed_info, DS, "CanonicalizationMethod")
    canonicalization, prefixes = algorithm_of(method), _prefixes(method)
    references = children(signed_info, DS, "Reference")
    if not 0 < len(references) <= most_references:
        raise refuse(FAILED_AUTHENTICATION, "signature.references")
    if canonicalization not in {EXC_C14N, INC_C14N}:
        raise refuse(FAILED_AUTHENTICATION, "signature.canonicalization")
    octets = canonical(signed_info, canonicalization, prefixes)
    kept = _canonical_references(octets, references) if keep else [b""] * len(references)
    return Signature(
        signed_info=octets,
        method=algorithm_of(only(signed_info, DS, "SignatureMethod")),
        canonicalization=canonicalization,
        value=base64_of(only(element, DS, "SignatureValue")),
        references=tuple(map(_signed_reference, references, kept)),
        key=read_key_name(only(element, DS, "KeyInfo"), soap.ids),
    )


def _canonical_references(signed_info: bytes, references: Sequence[etree._Element]) -> list[bytes]:
    """Return the exclusive canonical form of each ds:Reference, as apex of its own document.

    Where the canonical ds:SignedInfo declares one namespace in all, that form is the text that stands in it, with the
    declaration taken along. Otherwise, and where a processing instruction might look like an element, canonicalise.
    """
    start = _SIGNED_INFO.match(signed_info)
    if start is not None and signed_info.count(b"xmlns") == 1 and b"<?" not in signed_info:
        prefix, declaration = start.groups()
        begin, end = b"<" + prefix + b"Reference", b"</" + prefix + b"Reference>"
        texts = [before.partition(begin + b" ")[2] for before in signed_info.split(end)[:-1]]
        if all(texts) and len(texts) == len(references):
            return [begin + declaration + b" " + text + end for text in texts]
    return [canonical(one) for one in references]


def _signed_reference(element: etree._Element, xml: bytes) -> SignedReference:
    found = fields(element)
    transforms = found.get(_TRANSFORMS)
    steps = children(transforms, DS, "Transform") if transforms is not None else []
    single = steps[0] if len(steps) == 1 else None
    return SignedReference(
        reference=read_reference(element, found, xml),
        transform=algorithm_of(single) if single is not None else "",
        prefixes=_prefixes(single) if single is not None else (),
    )


def _prefixes(method: etree._Element) -> tuple[str, ...]:
    """Return the InclusiveNamespaces PrefixList of a canonicalisation; it changes what is hashed."""
    found = optional(method, EXC_C14N, "InclusiveNamespaces") if len(method) else None
    return tuple(found.get("PrefixList", "").split()) if found is not None else ()


def check_algorithms(signature: Signature, accepts: Accepts) -> None:
    """Raise EBMS:0101 for algorithms nobody knows, 0103 for those the P-Mode does not accept."""
    digests_used = [one.reference.digest_method for one in signature.references]
    if signature.method not in suites.KNOWN or not suites.DIGESTS.issuperset(digests_used):
        raise refuse(FAILED_AUTHENTICATION, "algorithm.unknown")
    if not all(accepts(name) for name in (signature.method, *digests_used)):
        raise refuse(POLICY_NONCOMPLIANCE, "algorithm.not-accepted")
    if signature.canonicalization != EXC_C14N and not accepts(signature.canonicalization):
        raise refuse(POLICY_NONCOMPLIANCE, "algorithm.not-accepted")


def check_value(signature: Signature, certificate: Certificate) -> None:
    """Raise EBMS:0101 unless the signature value was made with the certificate's key."""
    try:
        genuine = suites.verify(certificate, signature.method, signature.value, signature.signed_info)
    except AlgorithmUnknown as error:
        raise refuse(FAILED_AUTHENTICATION, "signature.value") from error
    if not genuine:
        raise refuse(FAILED_AUTHENTICATION, "signature.value")


def element_of(one: SignedReference, soap: Soap) -> etree._Element:
    """Return the element a ``#id`` reference points to. Raises EBMS:0101."""
    uri = one.reference.uri
    element = soap.ids.get(uri[1:]) if uri.startswith("#") and len(uri) > 1 else None
    if element is None:
        raise refuse(FAILED_AUTHENTICATION, "signature.target")
    if one.transform not in {EXC_C14N, INC_C14N}:
        raise refuse(FAILED_AUTHENTICATION, "signature.transforms")
    return element


def check_element(one: SignedReference, element: etree._Element) -> None:
    """Raise EBMS:0101 unless the element's canonical form has the digest that was signed."""
    octets = canonical(element, one.transform, one.prefixes)
    _compare(one, [suites.digest(one.reference.digest_method, octets)])


def check_part(one: SignedReference, content: Octets, media_type: str = "") -> None:
    """Raise EBMS:0101 unless the payload (decrypted, still compressed) has the digest that was signed."""
    if one.transform != ATTACHMENT_CONTENT:
        raise refuse(FAILED_AUTHENTICATION, "signature.transforms")
    _compare(one, digests(content, one.reference.digest_method, media_type))


def _compare(one: SignedReference, possible: Iterable[bytes]) -> None:
    if not any(hmac.compare_digest(digest, one.reference.digest) for digest in possible):
        raise refuse(FAILED_AUTHENTICATION, "signature.digest", one.reference.uri)


def part_of(uri: str, parts: Mapping[str, Octets]) -> str | None:
    """Return the content id a ``cid:`` URI means: literally, else percent-decoded (RFC 2392)."""
    name = uri.removeprefix("cid:")
    if name in parts:
        return name
    decoded = unquote(name)
    return decoded if decoded in parts else None


def check_header(signature: Signature, soap: Soap) -> None:
    """Check every ``#id`` reference, and that eb:Messaging and the body are covered. Raises EBMS:0101 or 0103."""
    covered = []
    for one in signature.references:
        if not one.is_part:
            element = element_of(one, soap)
            check_element(one, element)
            covered.append(element)
    if len({id(one) for one in covered}) != len(covered):
        raise refuse(FAILED_AUTHENTICATION, "signature.repeated-target")
    if not any(one is soap.messaging for one in covered):
        raise refuse(POLICY_NONCOMPLIANCE, "signature.messaging-not-covered")
    if not any(one is soap.body for one in covered):
        raise refuse(POLICY_NONCOMPLIANCE, "signature.body-not-covered")


def check_parts(signature: Signature, parts: Mapping[str, Octets], types: Mapping[str, str]) -> None:
    """Check every ``cid:`` reference, and that each payload is covered exactly once. Raises EBMS:0101 or 0103.

    ``types`` gives the media types by content id, as they are when signing: before encryption, after compression.
    """
    covered: list[str] = []
    for one in signature.references:
        if one.is_part:
            name = part_of(one.reference.uri, parts)
            if name is None:
                raise refuse(FAILED_AUTHENTICATION, "signature.target")
            check_part(one, parts[name], types.get(name, ""))
            covered.append(name)
    if len(set(covered)) != len(covered):
        raise refuse(FAILED_AUTHENTICATION, "signature.repeated-target")
    if set(covered) != set(parts):
        raise refuse(POLICY_NONCOMPLIANCE, "signature.part-not-covered")


def signer_of(signature: Signature, pinned: Iterable[Certificate]) -> Certificate:
    """Return the pinned certificate that the signature names. Raises EBMS:0101: anybody else is a stranger."""
    certificate = signature.key.find(pinned)
    if certificate is None:
        raise refuse(FAILED_AUTHENTICATION, "signature.unknown-signer")
    return certificate


def with_reference(error: As4Error, message_id: str) -> As4Error:
    """Return the error bound to the message it is about."""
    error.ref_to_message_id = error.ref_to_message_id or message_id
    return error
