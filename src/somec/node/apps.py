"""Fills the tables that let lower parts call upper ones."""

from __future__ import annotations

from django.apps import AppConfig


class NodeConfig(AppConfig):
    """Wires document types to the parts that handle them, once Django is ready."""

    name = "somec.node"
    label = "node"

    def ready(self) -> None:
        """Register what each part offers."""
        from somec.node import wiring  # noqa: PLC0415 - models must be loaded first

        wiring.connect()
