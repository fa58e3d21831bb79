"""From what a rule says (``DueSpec``) to the instant that both nodes store, with how it was counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from somec.exchange.rules import DueSpec


@dataclass(frozen=True, slots=True)
class Resolved:
    """A due instant (aware, UTC) and the canonical JSON of how it was counted, empty where nothing needs counting."""

    due: datetime
    counting: str = ""


def resolve(spec: DueSpec) -> Resolved:
    """Return when the duty falls due."""
    if spec.unit in {"hours", "instant"}:
        return Resolved(spec.start + timedelta(hours=spec.value))
    raise NotImplementedError
