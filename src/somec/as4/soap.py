"""Reading a SOAP message safely: one tree, no entities, no DOCTYPE, unique ids, and the few places that count.

What is signed is looked at by identity (*this* element), never by name: that is the answer to signature wrapping.
"""

from __future__ import annotations

import binascii
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, cast

from lxml import etree

from somec.as4.errors import FEATURE_NOT_SUPPORTED, INVALID_HEADER, POLICY_NONCOMPLIANCE, As4Error, EbmsError
from somec.as4.namespaces import EB, EXC_C14N, INC_C14N, MULTI_HOP, SOAP12, WSA, WSSE, WSU

MESSAGING = f"{{{EB}}}Messaging"
SECURITY = f"{{{WSSE}}}Security"
WSU_ID = f"{{{WSU}}}Id"
_ROUTING = frozenset({WSA, MULTI_HOP})
_TRUE = frozenset({"1", "true"})
_UTF8_NAMES = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
_id_attributes = etree.XPath("//@wsu:Id | //@Id | //@xml:id", namespaces={"wsu": WSU})
_local = threading.local()


def _parser() -> etree.XMLParser:
    """Return this thread's parser. Comments are dropped (canonical form drops them too), so no text is split by one."""
    parser: etree.XMLParser | None = getattr(_local, "parser", None)
    if parser is None:
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
        )
        _local.parser = parser
    return parser


class _Attribute(Protocol):
    """What XPath gives for an attribute: its value, knowing its element."""

    def getparent(self) -> etree._Element:
        """Return the element that bears the attribute."""


@dataclass(frozen=True, slots=True)
class Soap:
    """A SOAP message taken apart."""

    namespace: str
    root: etree._Element
    header: etree._Element
    body: etree._Element
    messaging: etree._Element
    security: etree._Element | None
    ids: dict[str, etree._Element]


def refuse(ebms: EbmsError, reason: str, place: str = "") -> As4Error:
    """Return the error to raise (short form used by all readers)."""
    return As4Error(ebms, reason, place=place)


def parse(data: bytes) -> etree._Element:
    """Parse untrusted XML. Raises EBMS:0009 when it is not well formed, not UTF-8, or has a DOCTYPE."""
    try:
        root = etree.fromstring(data, _parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise refuse(INVALID_HEADER, "xml.malformed") from error
    information = root.getroottree().docinfo
    if information.internalDTD is not None or information.doctype:
        raise refuse(INVALID_HEADER, "xml.doctype")
    if (information.encoding or "UTF-8").lower() not in _UTF8_NAMES:
        raise refuse(INVALID_HEADER, "xml.encoding")
    return root


def read_soap(data: bytes, *, namespaces: Sequence[str] = (SOAP12,)) -> Soap:
    """Take a SOAP message apart. Raises EBMS:0009 or 0103; SOAP 1.1 only where ``namespaces`` names it."""
    return take_apart(parse(data), namespaces=namespaces)


def take_apart(root: etree._Element, *, namespaces: Sequence[str] = (SOAP12,), roles: bool = False) -> Soap:
    """Do the same with an envelope that :func:`parse` has read already.

    ``roles`` passes over a security header for somebody else, such as the one that authorises a pull (ebMS 3.0, 7.10).
    """
    namespace, _, name = str(root.tag).removeprefix("{").rpartition("}")
    if name != "Envelope" or namespace not in namespaces:
        raise refuse(INVALID_HEADER, "soap.envelope")
    children = list(root)
    tags = [child.tag for child in children]
    if tags != [f"{{{namespace}}}Header", f"{{{namespace}}}Body"]:
        raise refuse(INVALID_HEADER, "soap.structure")
    header, body = children
    messaging = [child for child in header if child.tag == MESSAGING]
    security = [child for child in header if child.tag == SECURITY]
    if len(messaging) != 1:
        raise refuse(INVALID_HEADER, "soap.messaging")
    if roles and len(security) > 1:
        security = [child for child in security if not _role(child, namespace)]
    if len(security) > 1:
        raise refuse(POLICY_NONCOMPLIANCE, "soap.several-security-headers")
    return Soap(
        namespace=namespace,
        root=root,
        header=header,
        body=body,
        messaging=messaging[0],
        security=security[0] if security else None,
        ids=_unique_ids(root),
    )


def _unique_ids(root: etree._Element) -> dict[str, etree._Element]:
    """Return elements by id over the whole document; an id that two elements bear is an attack or a mistake."""
    ids: dict[str, etree._Element] = {}
    for value in cast("list[_Attribute]", _id_attributes(root)):
        element = value.getparent()
        if ids.setdefault(str(value), element) is not element:
            raise refuse(INVALID_HEADER, "xml.duplicate-id")
    return ids


def _role(header: etree._Element, namespace: str) -> str:
    return header.get(f"{{{namespace}}}role") or header.get(f"{{{namespace}}}actor") or ""


def check_understood(soap: Soap, *, roles: bool = False) -> None:
    """Raise EBMS:0008 for a header that must be understood and is not ours (SOAP 1.2, 2.4).

    ``roles`` lets those pass that are addressed to somebody on the way, and the routing headers that guide them:
    intermediaries of multi-hop recordings.
    """
    for child in soap.header.iterchildren(etree.Element):
        if roles and (_role(child, soap.namespace) or etree.QName(child).namespace in _ROUTING):
            continue
        must = child.get(f"{{{soap.namespace}}}mustUnderstand", "").strip()
        if must in _TRUE and child is not soap.messaging and child is not soap.security:
            raise refuse(FEATURE_NOT_SUPPORTED, "soap.must-understand")


def body_is_empty(soap: Soap) -> bool:
    """Tell whether the SOAP body holds nothing (AS4 compression puts every payload into a MIME part)."""
    return len(soap.body) == 0 and not (soap.body.text or "").strip()


def canonical(
    element: etree._Element | etree._ElementTree, algorithm: str = EXC_C14N, prefixes: Sequence[str] = ()
) -> bytes:
    """Return the element in canonical form; ``prefixes`` is the InclusiveNamespaces PrefixList."""
    exclusive = algorithm != INC_C14N
    wanted = list(prefixes) if exclusive and prefixes else None
    try:
        return etree.tostring(
            element, method="c14n", exclusive=exclusive, with_comments=False, inclusive_ns_prefixes=wanted
        )
    except (etree.LxmlError, ValueError) as error:  # a relative namespace URI has no canonical form
        raise refuse(INVALID_HEADER, "xml.canonical") from error


def children(element: etree._Element, namespace: str, name: str) -> list[etree._Element]:
    """Return the direct children with this name."""
    return list(element.iterchildren(f"{{{namespace}}}{name}"))


def only(element: etree._Element, namespace: str, name: str) -> etree._Element:
    """Return the one child with this name. Raises EBMS:0009 when there is none or more than one."""
    found = list(element.iterchildren(f"{{{namespace}}}{name}"))
    if len(found) != 1:
        raise refuse(INVALID_HEADER, "xml.exactly-one", name)
    return found[0]


def optional(element: etree._Element, namespace: str, name: str) -> etree._Element | None:
    """Return the child with this name or None. Raises EBMS:0009 when there is more than one."""
    found = list(element.iterchildren(f"{{{namespace}}}{name}"))
    if len(found) > 1:
        raise refuse(INVALID_HEADER, "xml.exactly-one", name)
    return found[0] if found else None


def fields(element: etree._Element) -> dict[str, etree._Element]:
    """Return the children by tag, in one pass. Raises EBMS:0009 when two have the same: for records, not for lists."""
    every = list(element.iterchildren(etree.Element))
    found: dict[str, etree._Element] = {child.tag: child for child in every}
    if len(found) != len(every):
        twice = next(child.tag for child in every if found[child.tag] is not child)
        raise refuse(INVALID_HEADER, "xml.exactly-one", twice.rpartition("}")[2])
    return found


def field(found: Mapping[str, etree._Element], tag: str) -> etree._Element:
    """Return the child with this tag out of :func:`fields`. Raises EBMS:0009 when there is none."""
    try:
        return found[tag]
    except KeyError:
        raise refuse(INVALID_HEADER, "xml.exactly-one", tag.rpartition("}")[2]) from None


def text_of(element: etree._Element) -> str:
    """Return the text of an element that may hold nothing else. Raises EBMS:0009 for a child, PI or entity."""
    if len(element):
        raise refuse(INVALID_HEADER, "xml.text-expected", str(etree.QName(element).localname))
    text = element.text
    return text.strip() if text else ""


def base64_of(element: etree._Element) -> bytes:
    """Return the octets that an element holds as base64, whatever its line breaks. Raises EBMS:0009."""
    return from_base64(text_of(element), str(element.tag).rpartition("}")[2])


def from_base64(text: str, place: str) -> bytes:
    """Return the octets of base64 text; ``place`` is the element it stood in. Raises EBMS:0009."""
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except ValueError:  # binascii.Error is one; most often only line breaks are in the way
        return _from_broken_lines(text, place)


def _from_broken_lines(text: str, place: str) -> bytes:
    try:
        return binascii.a2b_base64("".join(text.split()), strict_mode=True)
    except ValueError as error:
        raise refuse(INVALID_HEADER, "xml.base64", place) from error


def algorithm_of(element: etree._Element) -> str:
    """Return the Algorithm attribute. Raises EBMS:0009 when it is missing."""
    value = element.get("Algorithm")
    if not value:
        raise refuse(INVALID_HEADER, "xml.algorithm-missing", str(etree.QName(element).localname))
    return value


def within(element: etree._Element, namespace: str, name: str) -> Iterator[etree._Element]:
    """Yield every descendant with this name."""
    return element.iter(f"{{{namespace}}}{name}")
