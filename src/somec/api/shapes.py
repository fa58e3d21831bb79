"""From the frozen dataclasses of the parts to JSON and back: the interface has no second description of the same thing.

``body_model`` makes the strict model of what is sent in (unknown fields are refused), ``view_model`` that of what is
given out; both feed OpenAPI. ``build`` turns a checked body into the dataclass, ``plain`` any value into JSON.
"""

from __future__ import annotations

import base64
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints, create_model
from pydantic import Field as Limit

from somec.kernel import clock
from somec.kernel.errors import Invalid
from somec.persons.dates import PartialDate

T = TypeVar("T")
LONGEST_TEXT = 20_000  # characters of any one text sent in; parts have narrower limits of their own
LONGEST_LIST = 500
_PARTIAL = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$")]
_TEXT_IN = Annotated[str, StringConstraints(max_length=LONGEST_TEXT, pattern=r"^[^\x00]*$")]
_SEQUENCES = (tuple, list, frozenset, set, Sequence)


class Strict(BaseModel):
    """A body that holds nothing unknown."""

    model_config = ConfigDict(extra="forbid")


class Shown(BaseModel):
    """An answer."""

    model_config = ConfigDict(extra="forbid")


@cache
def _hints(cls: type) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def body_model(cls: type, *, name: str = "", without: frozenset[str] = frozenset()) -> type[BaseModel]:
    """Return the strict model of a body that becomes ``cls``; fields named in ``without`` cannot be sent."""
    return _model(cls, Strict, name or cls.__name__, without)


def view_model(cls: type, *, name: str = "") -> type[BaseModel]:
    """Return the model of an answer made from ``cls``."""
    return _model(cls, Shown, name or f"{cls.__name__}", frozenset())


@cache
def _model(cls: type, base: type[BaseModel], name: str, without: frozenset[str]) -> type[BaseModel]:
    definitions: dict[str, Any] = {}
    for one in fields(cls):
        if one.name in without:
            continue
        kind = _translated(_hints(cls)[one.name], base)
        definitions[one.name] = (kind, _default(one) if base is Strict else ...)
    suffix = "" if base is Strict else "View" if not name.endswith("View") else ""
    return create_model(f"{name}{suffix}", __base__=base, **definitions)


def _default(one: Field[Any]) -> Any:
    if one.default is not MISSING:
        return (
            Limit(default_factory=lambda: plain(one.default), validate_default=True)
            if is_dataclass(one.default)
            else plain(one.default)
        )
    if one.default_factory is not MISSING:
        factory = one.default_factory
        return Limit(default_factory=lambda: plain(factory()))
    return ...


def _translated(hint: Any, base: type[BaseModel]) -> Any:
    """Return the pydantic type for one annotation of a part."""
    origin, arguments = get_origin(hint), get_args(hint)
    if hint is PartialDate:
        return _PARTIAL
    if isinstance(hint, type) and is_dataclass(hint):
        return _model(hint, base, hint.__name__, frozenset())
    if origin in {Union, types.UnionType}:
        return Union[tuple(_translated(argument, base) for argument in arguments)]  # noqa: UP007 - built at run time
    if origin in _SEQUENCES:
        inner = [argument for argument in arguments if argument is not Ellipsis]
        if origin is tuple and Ellipsis not in arguments and len(arguments) > 1:
            return list[Any]
        kind: Any = list[_translated(inner[0], base)]  # type: ignore[misc]
        return Annotated[kind, Limit(max_length=LONGEST_LIST)] if base is Strict else kind
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        return dict[str, _translated(arguments[1], base)]  # type: ignore[misc]
    if hint is str:
        return _TEXT_IN if base is Strict else str
    if hint is datetime:
        return AwareDatetime
    if hint is bytes:
        return str
    if hint in {bool, int, date, float, type(None)} or (isinstance(hint, type) and issubclass(hint, Enum)):
        return hint
    return Any


def build(cls: type[T], value: Any) -> T:
    """Return the dataclass for a checked body (model or mapping)."""
    data = value.model_dump(exclude_unset=True) if isinstance(value, BaseModel) else value
    found: T = _built(cls, data)
    return found


def _built(hint: Any, value: Any, place: str = "") -> Any:
    if value is None:
        return None
    origin, arguments = get_origin(hint), get_args(hint)
    if hint is PartialDate:
        return _dated(value, place)
    if isinstance(hint, type) and is_dataclass(hint):
        hints = _hints(hint)
        return hint(**{name: _built(hints[name], item, _below(place, name)) for name, item in value.items()})
    if origin in {Union, types.UnionType}:
        return _built(_fitting(arguments, value), value, place)
    if origin in {tuple, Sequence}:
        return tuple(_built(arguments[0], item, _below(place, number)) for number, item in enumerate(value))
    if origin in {frozenset, list, set}:
        return origin(_built(arguments[0], item, _below(place, number)) for number, item in enumerate(value))
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        return {key: _built(arguments[1], item, _below(place, key)) for key, item in value.items()}
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint(value)
    return value


def _below(place: str, step: object) -> str:
    return f"{place}.{step}" if place else str(step)


def _dated(value: Any, place: str) -> PartialDate:
    """Return a date of which parts may be unknown; one that cannot be is named at its field like every mistake."""
    try:
        return PartialDate.parse(value)
    except Invalid as error:
        raise Invalid(error.code, fields={place: [error.code]} if place else None) from error


def _fitting(choices: tuple[Any, ...], value: Any) -> Any:
    """Return the member of a union that this value is for; bodies have optional values and plain unions only."""
    real = [choice for choice in choices if choice is not type(None)]
    return next((choice for choice in real if isinstance(choice, type) and isinstance(value, choice)), real[0])


def plain(value: Any) -> Any:
    """Return a value of the parts as JSON: instants in RFC 3339, codes as text, sets in order."""
    if is_dataclass(value) and not isinstance(value, type):
        return str(value) if isinstance(value, PartialDate) else _fields(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return clock.iso(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(item) for key, item in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(plain(item) for item in value)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def _fields(value: Any) -> dict[str, Any]:
    return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
