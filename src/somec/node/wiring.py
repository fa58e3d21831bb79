"""Where parts that must not know each other meet: document types and the handlers that take them in."""

from __future__ import annotations


def connect() -> None:
    """Register every document type of this release; harmless when called twice."""
