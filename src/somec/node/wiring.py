"""Where parts that must not know each other meet: document types and the handlers that take them in."""

from __future__ import annotations

from somec.exchange import registry, witnessing
from somec.movements.documents import document_types


def connect() -> None:
    """Register every document type of this release; harmless when called twice."""
    for one in (*document_types(), *witnessing.document_types()):
        registry.register(one)
