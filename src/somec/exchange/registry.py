"""Which document types this node knows, and who takes them in. Filled once, by the node's wiring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import jsonschema_rs

from somec.exchange import messages
from somec.exchange.messages import InboundDocument, major
from somec.exchange.rules import ObligationRule
from somec.kernel.errors import Invalid


class Handler(Protocol):
    """Takes in documents of one type, within the transaction that stores them; obligations are open by then.

    It gets what arrived together, in order of arrival, and should write it in bulk. Raising a SomecError refuses the
    documents it was given; the exchange then offers them one by one, so that one bad document stops no other.
    """

    def __call__(self, documents: Sequence[InboundDocument]) -> None:
        """Write down what these documents say."""


@dataclass(frozen=True)
class DocumentType:
    """A kind of document: name, version (``major.minor``), JSON Schema 2020-12 of the whole, duties, handler."""

    type: str
    version: str
    schema: Mapping[str, Any]
    obligations: tuple[ObligationRule, ...] = ()
    on_receive: Handler | None = None
    _validator: jsonschema_rs.Draft202012Validator = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(
            self, "_validator", jsonschema_rs.Draft202012Validator(dict(self.schema), validate_formats=True)
        )

    def mistakes(self, document: Mapping[str, Any]) -> dict[str, list[str]]:
        """Return where the document breaks its schema: JSON pointer -> keywords broken; never the values themselves."""
        if self._validator.is_valid(document):
            return {}
        return collect_mistakes(self._validator, document)


def collect_mistakes(
    validator: jsonschema_rs.Draft202012Validator, document: Mapping[str, Any]
) -> dict[str, list[str]]:
    """Return pointer -> broken keywords. Values are personal data, so they are left out."""
    found: dict[str, list[str]] = {}
    for error in validator.iter_errors(document):
        pointer = "/" + "/".join(str(step) for step in error.instance_path)
        keyword = str(error.schema_path[-1]) if error.schema_path else "schema"
        if keyword.isdigit() and len(error.schema_path) > 1:
            keyword = str(error.schema_path[-2])
        found.setdefault(pointer, []).append(keyword)
    return found


class _Registry:
    def __init__(self) -> None:
        self.types: dict[tuple[str, int], DocumentType] = {}
        self.rules: dict[str, ObligationRule] = {}


_registry = _Registry()


def register(document_type: DocumentType) -> None:
    """Make a type known; the newest minor version of a major version stands. Harmless when called twice."""
    key = (document_type.type, major(document_type.version))
    _registry.types[key] = document_type
    for rule in document_type.obligations:
        _registry.rules[rule.id] = rule


def forget(type: str) -> None:  # noqa: A002 - the wire's own word
    """Take a type out again (tests)."""
    for key in [key for key in _registry.types if key[0] == type]:
        for rule in _registry.types.pop(key).obligations:
            _registry.rules.pop(rule.id, None)


def find(type: str, version: str) -> DocumentType:  # noqa: A002
    """Return the type that reads this version; raises Invalid for an unknown type or a newer major version."""
    known = _registry.types.get((type, major(version)))
    if known is not None:
        return known
    majors = sorted(number for name, number in _registry.types if name == type)
    if not majors:
        raise Invalid("document.type_unknown", type=type)
    code = "document.version_newer" if major(version) > majors[-1] else "document.version_unknown"
    raise Invalid(code, type=type, version=version, newest=majors[-1])


def rule(rule_id: str) -> ObligationRule | None:
    """Return the rule behind a stored duty, or None where this release no longer has it."""
    return _registry.rules.get(rule_id)


def newest(type: str) -> DocumentType:  # noqa: A002
    """Return the newest version of a type that this release writes; raises Invalid for an unknown type."""
    found = [known for (name, _), known in sorted(_registry.types.items()) if name == type]
    if not found:
        raise Invalid("document.type_unknown", type=type)
    return found[-1]


def mistakes(document_type: DocumentType, document: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return where a document breaks the schema of all documents or of its type."""
    base = messages.base_validator()
    if not base.is_valid(document):
        return collect_mistakes(base, document)
    return document_type.mistakes(document)


def known_types() -> list[DocumentType]:
    """Return every registered type in order of name and version."""
    return [_registry.types[key] for key in sorted(_registry.types)]
