"""What can be wrong with a limit that is to be counted."""

from __future__ import annotations

from somec.kernel.errors import Invalid


class LimitInvalid(Invalid):
    """A limit, its start or a suspension makes no sense; nothing was counted."""
