"""The root of every error that somec raises on purpose.

An error carries a stable ``code`` and ``parameters``; the sentence for a person is made at the edge (web, api, cli),
in the reader's language. Neither code nor parameters hold personal data: ids, field names, counts and instants only.
"""

from __future__ import annotations

from collections.abc import Mapping


class SomecError(Exception):
    """Something that was refused or went wrong, said in a form that programs and people can act on.

    ``code`` is dotted and stable (``notice.approve.author``). ``parameters`` fill the sentence that belongs to it.
    """

    def __init__(self, code: str, /, **parameters: str | float | None) -> None:
        super().__init__(code)
        self.code = code
        self.parameters: Mapping[str, str | float | None] = parameters

    def __str__(self) -> str:
        shown = ", ".join(f"{name}={value}" for name, value in self.parameters.items())
        return f"{self.code} ({shown})" if shown else self.code


class NotAllowed(SomecError):  # noqa: N818 - reads as what it says: "raise NotAllowed(...)"
    """The actor may not do or see this. The answer never tells whether the thing exists."""


class NotPossibleNow(SomecError):  # noqa: N818
    """The state of the thing does not let this happen; nothing was changed."""


class NotFound(SomecError):  # noqa: N818
    """Nothing with this id that the actor may know of."""


class Invalid(SomecError):  # noqa: N818
    """What was given cannot be taken; ``fields`` names each field with the codes of its mistakes."""

    def __init__(
        self, code: str, /, fields: Mapping[str, list[str]] | None = None, **parameters: str | float | None
    ) -> None:
        super().__init__(code, **parameters)
        self.fields: Mapping[str, list[str]] = fields or {}


class Conflict(SomecError):  # noqa: N818
    """Somebody else changed the same thing meanwhile; both versions are still there."""
