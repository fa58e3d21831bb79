"""One line of "what needs me now", and the whole list, as frozen values without sentences."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from somec.alerts.rules import Bar, Group, Verb
from somec.movements.views import PersonLine

NOBODY = PersonLine(id="", label="")


@dataclass(frozen=True, kw_only=True)
class Need:
    """Something that a person must do: the verb, by when, about whom, with which states, on which ground, who has it.

    ``id`` is stable while the need lasts. ``due`` None: no limit, waiting since ``since``. ``statutory`` False: a
    rule of the house or of the notice, not of law. ``detail`` is a code that says more (a notice kind, a trouble).
    ``mine``: the reader is the one who has it. ``owner_id`` empty: nobody has.
    """

    id: str
    verb: Verb
    due: datetime | None
    since: datetime
    subject_kind: str
    subject_id: str
    group: Group = Group.NO_LIMIT
    bar: Bar = Bar.NONE
    conversation: str = ""
    person: PersonLine = NOBODY
    states: tuple[str, ...] = ()
    mechanism: str = ""
    article: str = ""
    statutory: bool = False
    owner_id: str = ""
    owner_name: str = field(default="", repr=False)
    owner_authority: str = ""
    mine: bool = False
    detail: str = ""
    reference: str = ""
    alert_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Banner:
    """A state that does not answer, what waits for it, and which limit of that comes first (``next_due``)."""

    code: str
    state: str
    since: datetime | None
    waiting: int
    next_due: datetime | None


@dataclass(frozen=True, kw_only=True)
class NeedFilter:
    """What the list is narrowed to. ``whose``: ``desk`` (all the reader may act on), ``mine``, ``ownerless``."""

    whose: str = "desk"
    state: str = ""
    verb: Verb | None = None
    mechanism: str = ""


@dataclass(frozen=True, kw_only=True)
class NeedList:
    """The list, least time first, with counts before filtering so that the filters can say how many each would show.

    ``more``: there is work beyond what is listed (only with hundreds of items of one kind). ``next_due``: the next
    limit of anything, for the empty list.
    """

    needs: tuple[Need, ...]
    groups: tuple[tuple[Group, int], ...]
    total: int
    mine: int
    ownerless: int
    by_state: tuple[tuple[str, int], ...]
    by_verb: tuple[tuple[Verb, int], ...]
    by_mechanism: tuple[tuple[str, int], ...]
    banners: tuple[Banner, ...]
    more: bool
    checked: datetime
    next_due: datetime | None
