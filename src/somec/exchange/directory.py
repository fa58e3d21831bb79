"""The peers of this node in memory: read again from the table when it is a second old, or at once when asked."""

from __future__ import annotations

import functools
import time
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock

from somec.as4.errors import PROCESSING_MODE_MISMATCH, As4Error
from somec.as4.message import UserMessage
from somec.as4.pmode import LocalKeys, Terms, select
from somec.exchange import cards
from somec.exchange.cards import Card
from somec.exchange.keyring import Keyring
from somec.exchange.models import Peer
from somec.exchange.rules import PeerState

FRESH_SECONDS = 1.0  # how long a suspension may take to bite


@dataclass(frozen=True, slots=True)
class KnownPeer:
    """A peer as this node trusts it at present."""

    card: Card
    status: PeerState

    @property
    def active(self) -> bool:
        """Tell whether documents flow."""
        return self.status is PeerState.ACTIVE


@functools.lru_cache(maxsize=256)
def _card(text: str) -> Card:
    return cards.read(text)


class Directory:
    """All peers by state; safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._read_at = float("-inf")
        self._peers: Mapping[str, KnownPeer] = {}

    def peers(self) -> Mapping[str, KnownPeer]:
        """Return every peer by state."""
        with self._lock:
            if time.monotonic() - self._read_at >= FRESH_SECONDS:
                self._peers = {
                    state: KnownPeer(_card(text), PeerState(status))
                    for state, text, status in Peer.objects.values_list("state", "card", "status")
                }
                self._read_at = time.monotonic()
            return self._peers

    def refresh(self) -> None:
        """Forget what was read."""
        with self._lock:
            self._read_at = float("-inf")

    def sender_of(self, message: UserMessage) -> KnownPeer | None:
        """Return the peer that a header claims to come from; nothing is proven by that yet."""
        return next((peer for peer in self.peers().values() if peer.card.party_id == message.sender.id), None)

    def terms_in(self, message: UserMessage, ring: Keyring) -> Terms:
        """Return what governs an inbound message; raises As4Error (EBMS:0010) for a stranger or a suspended peer."""
        peer = self.sender_of(message)
        if peer is None:
            raise As4Error(PROCESSING_MODE_MISMATCH, "peer.unknown", ref_to_message_id=message.message_id)
        if not peer.active:
            raise As4Error(PROCESSING_MODE_MISMATCH, "peer.suspended", ref_to_message_id=message.message_id)
        terms = _terms(peer.card, ring.card, peer.card, ring.local)
        select([terms.pmode], message)
        return terms


def terms_out(peer: KnownPeer, ring: Keyring) -> Terms:
    """Return what governs messages to a peer."""
    return _terms(ring.card, peer.card, peer.card, ring.local)


_made: dict[tuple[str, str], tuple[Card, Card, LocalKeys, Terms]] = {}  # one for each direction between two states


def _terms(sender: Card, receiver: Card, peer: Card, keys: LocalKeys) -> Terms:
    """Return the terms of two cards, made once: asked for each message, they change when a card or our keys do."""
    known = _made.get((sender.state, receiver.state))
    if known is None or known[0] is not sender or known[1] is not receiver or known[2] is not keys:
        terms = cards.terms(sender=sender, receiver=receiver, keys=keys, peer=peer)
        known = _made[sender.state, receiver.state] = (sender, receiver, keys, terms)
    return known[3]
