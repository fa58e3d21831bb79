"""Builds the mechanisms from their file and checks what they say about channels, states, uses and handling codes."""

from __future__ import annotations

from functools import cache

from somec.catalogue import loading
from somec.catalogue import mechanisms as shapes
from somec.catalogue.entries import AuthorityKind, Source
from somec.catalogue.errors import CatalogueError
from somec.catalogue.reading import Row


@cache
def mechanisms() -> loading.Table[shapes.Mechanism]:
    """Return the mechanisms by id."""
    return loading.table("mechanisms.json", "mechanism", read_mechanism)


def read_mechanism(row: Row) -> shapes.Mechanism:
    """Build one mechanism. It either names articles for telling unasked, or the reason why there are none."""
    reason = row.row_or_none("no_own_initiative")
    mechanism = shapes.Mechanism(
        **loading.common(row),
        act=row.text("act"),
        celex=row.texts("celex"),
        articles=row.text("articles"),
        phases=row.texts("phases"),
        channel=_known(row, "channel", loading.plain_entries("channel")),
        channel_note=row.text("channel_note", empty=True),
        eligibility=_checked_texts(row, "eligibility"),
        documents=row.texts("documents"),
        time_limits=tuple(_time_limit(item) for item in row.rows("time_limits")),
        refusal_grounds=tuple(_refusal_ground(item) for item in row.rows("refusal_grounds")),
        outcome=row.text("outcome"),
        reporting=row.texts("reporting"),
        notes=_checked_texts(row, "notes"),
        users=tuple(_user(item) for item in row.rows("users")),
        participation=tuple(_participation(item) for item in row.rows("participation")),
        own_initiative=tuple(_own_initiative(item) for item in row.rows("own_initiative")),
        no_own_initiative=None if reason is None else _no_own_initiative(reason),
    )
    if bool(mechanism.own_initiative) == bool(mechanism.no_own_initiative):
        raise CatalogueError("catalogue.own_initiative_unclear", file=row.file, place=row.place, found=mechanism.id)
    return mechanism


def _known(row: Row, field: str, table: loading.Table[loading.Item]) -> str:
    return _check_known(row, field, row.text(field), table)


def _check_known(row: Row, field: str, found: str, table: loading.Table[loading.Item]) -> str:
    if found not in table:
        raise CatalogueError("catalogue.reference", file=row.file, place=f"{row.place}.{field}", found=found)
    return found


def _source(row: Row) -> tuple[Source, bool]:
    source, verified = row.source(loading.sources()), row.flag("verified")
    loading.check_verified(row, source, verified=verified)
    return source, verified


def _checked_texts(row: Row, field: str) -> tuple[shapes.CheckedText, ...]:
    found = []
    for item in row.rows(field):
        found.append(shapes.CheckedText(text=item.text("text"), verified=item.flag("verified")))
        item.finish()
    return tuple(found)


def _time_limit(row: Row) -> shapes.TimeLimit:
    source, verified = _source(row)
    limit = shapes.TimeLimit(
        id=row.text("id"),
        value=row.number_or_none("value"),
        unit=row.choice("unit", shapes.LimitUnit),
        starts=row.text("starts"),
        article=row.text("article"),
        note=row.text("note", empty=True),
        source=source,
        verified=verified,
    )
    row.finish()
    if (limit.value is not None) != (limit.unit in shapes.COUNTED_UNITS):
        raise CatalogueError("catalogue.limit_without_number", file=row.file, place=row.place, found=limit.id)
    return limit


def _refusal_ground(row: Row) -> shapes.RefusalGround:
    source, verified = _source(row)
    ground = shapes.RefusalGround(
        code=row.text("code"),
        labels=row.labels(),
        consult_first=row.flag("consult_first"),
        source=source,
        verified=verified,
    )
    row.finish()
    return ground


def _user(row: Row) -> shapes.MechanismUser:
    source, verified = _source(row)
    user = shapes.MechanismUser(
        authority=row.choice("authority", AuthorityKind),
        may=row.choices("may", shapes.Part),
        article=row.text("article", empty=True),
        note=row.text("note", empty=True),
        source=source,
        verified=verified,
    )
    row.finish()
    return user


def _participation(row: Row) -> shapes.Participation:
    source, verified = _source(row)
    participation = shapes.Participation(
        state=_known(row, "state", loading.states()),
        takes_part=row.flag("takes_part"),
        source=source,
        verified=verified,
    )
    row.finish()
    return participation


def _own_initiative(row: Row) -> shapes.OwnInitiative:
    source, verified = _source(row)
    uses = row.texts("permitted_uses")
    for use in uses:
        _check_known(row, "permitted_uses", use, loading.article_entries("permitted_use"))
    basis = shapes.OwnInitiative(
        article=row.text("article"),
        force=row.choice("force", shapes.Force),
        transmit=row.choices("transmit", AuthorityKind),
        draft=row.choices("draft", AuthorityKind),
        permitted_uses=uses,
        handling_code=_known(row, "handling_code", loading.handling_codes()),
        conditions=row.texts("conditions"),
        exceptions=row.texts("exceptions"),
        needs_running_case=row.flag("needs_running_case"),
        note=row.text("note", empty=True),
        source=source,
        verified=verified,
    )
    row.finish()
    return basis


def _no_own_initiative(row: Row) -> shapes.NoOwnInitiative:
    reason = shapes.NoOwnInitiative(code=row.text("code"), article=row.text("article", empty=True))
    row.finish()
    return reason
