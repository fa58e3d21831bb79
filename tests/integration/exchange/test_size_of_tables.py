"""What one document costs does not depend on how many there are: no step of its way reads a whole table."""

from __future__ import annotations

import pytest

from exchange.plans import reads_whole
from exchange.steps import Wire, send
from exchange.twin import Twin, post
from somec.exchange import journal
from somec.exchange.endpoint import Endpoint
from somec.exchange.models import Delivery, InboundMessage, Receipt
from somec.kernel import clock

pytestmark = pytest.mark.django_db
PEERS = {"exchange_peer", "exchange_peer by sqlite_autoindex_exchange_peer_1", "exchange_peerhealth"}  # some dozens


def test_taking_in_reads_no_table_whole(endpoint: Endpoint, nl: Twin, own: Twin, effects: list[int]) -> None:
    first, second = (nl.message(own.card, nl.document(own.state, number=number)) for number in (1, 2))
    post(endpoint, first.content_type, first.body.read())
    with reads_whole() as read:
        post(endpoint, second.content_type, second.body.read())
        post(endpoint, first.content_type, first.body.read())
    assert effects == [1, 2]
    assert InboundMessage.objects.count() == 2
    assert read <= PEERS


def test_sending_reads_no_table_whole(wire: Wire) -> None:
    with reads_whole() as read:
        send()
        wire.turns()
    assert Receipt.objects.count() == 1
    assert read <= PEERS


def test_a_place_in_the_queue_is_found_without_reading_the_queue(wire: Wire) -> None:
    send()
    with reads_whole() as read:
        assert journal.waiting_peers() == ["NL"]
        assert len(journal.claim("NL", 1, set(), clock.now())) == 1
    assert Delivery.objects.filter(state="queued").count() == 1
    assert read <= PEERS
