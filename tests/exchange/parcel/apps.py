from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.apps import AppConfig
from django.db import connection

from somec.exchange import registry
from somec.exchange.messages import InboundDocument
from somec.exchange.registry import DocumentType
from somec.exchange.rules import Basis, DueSpec, ObligationRule, Settles
from somec.kernel import clock
from somec.kernel.errors import Invalid

_ITEM = {"data": {"type": "object", "required": ["number"], "properties": {"number": {"type": "integer"}}}}
SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {"items": {"minItems": 1, "items": {"properties": _ITEM}}},
}


_into: list[list[int]] = []


@contextmanager
def effects_into(seen: list[int]) -> Iterator[None]:
    """Collect effects in a list, where a test has no table for them."""
    _into.append(seen)
    try:
        yield
    finally:
        _into.pop()


def take(documents: Sequence[InboundDocument]) -> None:
    """Write one row for each document; refuse the number -1 and fail on -2."""
    numbers = [int(document.items[0]["data"]["number"]) for document in documents]
    if -1 in numbers:
        raise Invalid("parcel.unlucky")
    if -2 in numbers:
        raise RuntimeError("a handler with a mistake")
    if _into:
        _into[-1].extend(numbers)
        return
    with connection.cursor() as cursor:
        rows = [(document.id, number) for document, number in zip(documents, numbers, strict=True)]
        cursor.executemany("INSERT INTO parcel_effect (document, sent) VALUES (%s, %s)", rows)


def _due(body: Any) -> DueSpec:
    return DueSpec(start=clock.parse(body["header"]["created"]), unit="hours", value=24)


REPLY = DocumentType("test-reply", "1.0", SCHEMA, on_receive=take)
PARCEL = DocumentType(
    "test-parcel", "1.0", SCHEMA, on_receive=take,
    obligations=(
        ObligationRule(
            id="answer-parcel", debtor="receiver", basis=Basis("house", statutory=False), due=_due,
            met_by=(Settles("test-reply"),), cancelled_by=(Settles("test-recall"),),
        ),
    ),
)  # fmt: skip
RECALL = DocumentType("test-recall", "1.0", SCHEMA, on_receive=take)


def register() -> None:
    for one in (PARCEL, REPLY, RECALL):
        registry.register(one)


class ParcelConfig(AppConfig):
    name = "exchange.parcel"
    label = "parcel"

    def ready(self) -> None:
        register()
