"""Who this node is on the wire: names only. Keys are in :mod:`somec.exchange.keyring`."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from django.conf import settings


class NodeConfig(Protocol):
    """The part of the node's configuration (``somec.toml``) that the exchange reads."""

    @property
    def state(self) -> str:
        """Return the state's code."""

    @property
    def name(self) -> str:
        """Return the node's name."""

    @property
    def desk(self) -> str:
        """Return the name of the contact point that answers for the node."""

    @property
    def folder(self) -> Path:
        """Return the node's folder."""

    @property
    def keys(self) -> Path:
        """Return the folder of private keys."""

    @property
    def endpoint(self) -> str:
        """Return the address that peers call."""

    @property
    def exchange_address(self) -> str:
        """Return host:port of the listener for peers."""


def config() -> NodeConfig:
    """Return this node's configuration."""
    chosen: NodeConfig = settings.CONFIG
    return chosen


def own_state() -> str:
    """Return the state that this node speaks for."""
    return config().state


def message_id(document_id: str, state: str) -> str:
    """Return a document's AS4 message id (RFC 2822 msg-id): fixed by the document, so no retry makes a second one."""
    return f"{document_id}@{state.lower()}.node.somec"
