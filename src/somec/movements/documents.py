"""The document types of movements as the exchange registers them: schema, duties, handler."""

from __future__ import annotations

from somec.exchange.registry import DocumentType, Handler
from somec.movements import inbound, messages

HANDLERS: dict[str, Handler] = {
    messages.NOTICE: inbound.receive_notices,
    messages.CHANGE: inbound.receive_changes,
    messages.CANCELLATION: inbound.receive_cancellations,
    messages.ACKNOWLEDGEMENT: inbound.receive_acknowledgements,
    messages.PROGRESS: inbound.receive_progress,
    messages.ANSWER: inbound.receive_answers,
}


def document_types() -> list[DocumentType]:
    """Return the six types, for the node's wiring."""
    return [
        DocumentType(
            type=name, version=messages.VERSION, schema=messages.schema(name), obligations=messages.OBLIGATIONS[name],
            on_receive=HANDLERS[name],
        )
        for name in messages.TYPES
    ]  # fmt: skip
