"""What every page shows around its content: the node, the desk, the reader, the clock."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from somec.kernel import clock


def page(request: HttpRequest) -> dict[str, Any]:
    """Return the frame's values for templates."""
    config = settings.CONFIG
    return {
        "node": config,
        "actor": getattr(request, "actor", None),
        "now": clock.now(),
        "training_offset": clock.training_offset(),
        "languages": settings.LANGUAGES,
    }
