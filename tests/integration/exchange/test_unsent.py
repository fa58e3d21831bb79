"""Files that were uploaded and never went with a document do not stay for ever."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest

from exchange.steps import Desk, Wire, send
from somec.audit.models import Entry
from somec.exchange import actions, unsent
from somec.exchange.models import Attachment, AttachmentChunk
from somec.kernel import clock

pytestmark = pytest.mark.django_db


def upload(desk: Desk, size: int = 10) -> str:
    return actions.store_attachment(
        actor=desk.one, name="photo.jpg", media_type="image/jpeg", content=io.BytesIO(b"x" * size)
    )


def test_what_no_document_took_in_time_is_discarded_with_an_entry_and_what_was_sent_stays(
    wire: Wire, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unsent, "AT_ONCE", 2)
    begun = clock.now()
    with clock.frozen(begun):
        sent = upload(desk)
        send(attachments=(sent,))
        old = {upload(desk, 3 << 20), upload(desk), upload(desk)}
    with clock.frozen(begun + timedelta(days=1)):
        young = upload(desk)
    with clock.frozen(begun + unsent.UNSENT_LIFE):
        assert unsent.discard_unsent() == 0
    with clock.frozen(begun + unsent.UNSENT_LIFE + timedelta(seconds=1)):
        assert unsent.discard_unsent() == 3
        assert unsent.discard_unsent() == 0
    assert set(Attachment.objects.values_list("id", flat=True)) == {sent, young}
    assert set(AttachmentChunk.objects.values_list("attachment_id", flat=True)) == {sent, young}
    entries = Entry.objects.filter(action="attachment.discard")
    assert {entry.subject for entry in entries} == old
    assert {(entry.kind, entry.actor) for entry in entries} == {("erasure", "node")}
