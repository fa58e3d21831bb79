"""How rows of any part say that they belong to a person's file, so that a separation can put them into one; pure.

A model with a ``person_id`` column declares ``belongs`` (it is put into a file by itself) or ``follows`` (it goes where
another row goes). Parts above persons declare it in their own models; nothing here knows them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Belongs:
    """A row that lies in a file.

    ``at``: the column of when it was written down. ``only``: which rows count, as column and value. ``awaits``: the
    column and value of a row that waits for a second person. ``needs``: the column that names what it rests on, and
    the model (``app.model``) of that. ``closed``: of the compartment whose words are not shown with the file.
    """

    at: str
    only: tuple[tuple[str, Any], ...] = ()
    awaits: tuple[str, str] | None = None
    needs: tuple[str, str] | None = None
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Follows:
    """A row that goes into the file of another: its column ``mine`` equals column ``theirs`` of the model ``of``."""

    of: str
    mine: str
    theirs: str = "pk"
