"""Starts listening to sign-ins once Django is ready."""

from __future__ import annotations

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Authorities, people, roles, purposes, and the log of sign-ins."""

    name = "somec.access"
    label = "access"

    def ready(self) -> None:
        """Listen to sign-ins."""
        from somec.access import signins  # noqa: PLC0415 - models must be loaded first

        signins.connect()
