"""Rows written with one statement are the rows that Django would write."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Model

from exchange.steps import Wire, send
from somec.exchange import rows
from somec.exchange.models import Delivery, Document, InboundMessage, Obligation
from somec.movements.models import HeldDocument

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 22, 6, 7, 8, 901234, tzinfo=UTC)


def document(number: int) -> Document:
    return Document(
        id=f"doc-{number:026d}", direction="in", peer_state="NL", type="test-parcel", version="1.0",
        conversation=f"cnv-{number:026d}", reference="Ņ 1 %s ' \"", created=AT, stored=AT, digest="0" * 64,
        gzipped=number % 2 == 0, packed=bytes(range(256)),
    )  # fmt: skip


def held(number: int) -> HeldDocument:
    return HeldDocument(
        document_id=f"doc-{number:026d}", conversation=f"cnv-{number:026d}", type="movement-notice", from_state="NL",
        reference="R", created=AT, received=AT, body={"list": [1, None, "ž"], "empty": {}},
    )  # fmt: skip


def arrival(number: int) -> InboundMessage:
    return InboundMessage(
        peer_state="NL", message_id=f"{number}@nl", document_id=f"doc-{1:026d}", references_digest="0" * 64,
        received=AT, envelope=b"\x00\xff", receipt=b"",
    )  # fmt: skip


@pytest.mark.parametrize("made", [document, held, arrival])
def test_what_is_written_reads_like_what_django_writes(made: Any) -> None:
    Document.objects.bulk_create([document(1)] if made is arrival else [])
    model: type[Model] = type(made(2))
    rows.insert([made(2), made(3)])
    ours = list(model._default_manager.order_by("pk").values())
    model._default_manager.all().delete()
    model._default_manager.bulk_create([made(2), made(3)])
    theirs = list(model._default_manager.order_by("pk").values())
    assert len(ours) == 2
    for one in (*ours, *theirs):
        one.pop("id" if made is arrival else "", None)
    assert ours == theirs


def test_a_row_that_was_written_is_updated_when_saved_again() -> None:
    row = document(1)
    rows.insert([row])
    row.reference = "changed"
    row.save()
    assert list(Document.objects.values_list("reference", flat=True)) == ["changed"]


def test_nothing_is_written_for_no_rows() -> None:
    rows.insert([])
    assert not Document.objects.exists()


def test_what_the_table_refuses_is_refused_as_a_whole() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.insert([document(1), document(2), document(1)])
    assert not Document.objects.exists()


def test_a_document_with_its_duty_and_its_place_in_the_queue_is_written_so(wire: Wire) -> None:
    sent = send()
    place = Delivery.objects.get(document_id=sent)
    assert (place.state, place.attempts, place.receipted, place.next_try) == ("queued", 0, None, place.queued)
    assert Obligation.objects.get(document_id=sent).state == "open"
