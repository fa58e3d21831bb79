"""The document: the one unit that nodes exchange. JSON, frozen once made, versioned, unknown fields kept.

Compatibility rule: a reader takes any minor version of a major version that it knows; a new minor version only adds
fields; anything else is a new major version, which older readers refuse with a clear answer.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from typing import Any, Final

import jsonschema_rs
import orjson

from somec.kernel import canonical, clock
from somec.kernel.errors import Invalid
from somec.kernel.text import without_controls

CONTEXT: Final = "https://somec.example/context/v1.jsonld"
SCHEMA_FILE: Final = "document-1.0.schema.json"
MAX_BYTES: Final = 4 * 2**20  # a document is text that officers read; files travel as attachments
MAX_DEPTH: Final = 40
_VERSION = re.compile(r"[1-9]\d{0,3}\.\d{1,4}")


@dataclass(frozen=True, slots=True)
class InboundDocument:
    """A document that a peer sent, checked against its schema.

    ``body`` is the whole document, unknown fields included.
    """

    id: str
    type: str
    version: str
    conversation: str
    reference: str
    refers_to: str
    peer_state: str
    created: datetime
    received: datetime
    body: dict[str, Any]

    def __repr__(self) -> str:
        return f"<InboundDocument {self.id} {self.type} from {self.peer_state}>"

    @property
    def items(self) -> list[dict[str, Any]]:
        """Return the items in their order."""
        return list(self.body["items"])


@dataclass(frozen=True, slots=True)
class AttachmentItem:
    """A file beside a document: id, name as the sender called it, media type, size in bytes, SHA-256 in hexadecimal."""

    id: str
    name: str
    media_type: str
    size: int
    sha256: str

    def as_json(self) -> dict[str, str | int]:
        """Return the entry of the document's ``attachments``."""
        return {
            "id": self.id,
            "name": self.name,
            "media_type": self.media_type,
            "size": self.size,
            "sha256": self.sha256,
        }


@dataclass(frozen=True, slots=True)
class Header:
    """What every document says about itself; see the schema for the meaning of each field."""

    id: str
    type: str
    version: str
    conversation: str
    reference: str
    created: datetime
    from_state: str
    to_state: str
    authority: Mapping[str, str]
    legal_basis: Mapping[str, Any]
    purpose: str
    handling_code: str
    language: str
    refers_to: str = ""
    expires: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the ``header`` of the document."""
        return {
            "id": self.id,
            "type": self.type,
            "version": self.version,
            "conversation": self.conversation,
            "reference": self.reference,
            "refers_to": self.refers_to,
            "created": clock.iso(self.created),
            "from": {"state": self.from_state, "authority": dict(self.authority)},
            "to": {"state": self.to_state},
            "legal_basis": dict(self.legal_basis),
            "purpose": self.purpose,
            "handling_code": self.handling_code,
            "language": self.language,
            "expires": clock.iso(self.expires) if self.expires else None,
        }


def compose(
    header: Header, items: Sequence[Mapping[str, Any]], attachments: Sequence[AttachmentItem] = ()
) -> dict[str, Any]:
    """Return the document as the receiver will see it, without characters that would deceive him."""
    document: dict[str, Any] = {
        "@context": CONTEXT,
        "header": header.as_json(),
        "items": [dict(item) for item in items],
    }
    if attachments:
        document["attachments"] = [attachment.as_json() for attachment in attachments]
    return without_controls(document)


def freeze(document: dict[str, Any]) -> bytes:
    """Return the bytes that are signed, sent and stored (canonical JSON)."""
    data = canonical.encode(document)
    if len(data) > MAX_BYTES:
        raise Invalid("document.too_large", size=len(data), limit=MAX_BYTES)
    return data


def digest(data: bytes) -> str:
    """Return the SHA-256 of a document's bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def read(data: bytes) -> dict[str, Any]:
    """Return the document in these bytes; raises Invalid when they are no document at all."""
    if len(data) > MAX_BYTES:
        raise Invalid("document.too_large", size=len(data), limit=MAX_BYTES)
    try:
        document = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise Invalid("document.no_json", position=error.pos) from error
    if not isinstance(document, dict):
        raise Invalid("document.no_object")
    return document


def major(version: str) -> int:
    """Return the major version; raises Invalid for a malformed one."""
    if not _VERSION.fullmatch(version):
        raise Invalid("document.version_malformed")
    return int(version.split(".", maxsplit=1)[0])


@functools.cache
def base_schema() -> dict[str, Any]:
    """Return the schema that every document meets."""
    text = resources.files("somec.exchange").joinpath("schemas", SCHEMA_FILE).read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


@functools.cache
def base_validator() -> jsonschema_rs.Draft202012Validator:
    """Return the compiled base schema."""
    return jsonschema_rs.Draft202012Validator(base_schema(), validate_formats=True)
