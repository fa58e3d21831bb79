"""What is wrong with a configuration: for each key of ``somec.toml`` the codes of its mistakes. Pure; reads no file."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from ipaddress import ip_network
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from somec.movements.rules import Kind

Mistakes = dict[str, list[str]]
_STATE = re.compile(r"[A-Z]{2}")
_HIGHEST_PORT = 65535


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _is_address(value: object) -> bool:
    """Tell whether this is ``host:port``; an empty host means every address of the machine."""
    if not isinstance(value, str):
        return False
    _, colon, port = value.rpartition(":")
    return bool(colon) and port.isdecimal() and int(port) <= _HIGHEST_PORT


def _is_endpoint(value: object) -> bool:
    """Tell whether peers can call this: an https address with a host."""
    if not isinstance(value, str):
        return False
    try:
        parts = urlsplit(value)
        return parts.scheme == "https" and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port or an IPv6 address that is none
        return False


def _is_zone(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(ZoneInfo(value))
    except (LookupError, ValueError, OSError):  # unknown, not a name, or the name of a folder
        return False


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _is_names(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) and one for one in value)


_KINDS: dict[str, tuple[Callable[[object], bool], str]] = {
    "web_address": (_is_address, "host_and_port"),
    "exchange_address": (_is_address, "host_and_port"),
    "endpoint": (_is_endpoint, "https_address"),
    "time_zone": (_is_zone, "time_zone"),
    "web_tls": (_is_flag, "true_or_false"),
    "training": (_is_flag, "true_or_false"),
    "web_hosts": (_is_names, "list_of_names"),
    "database_url": (_is_text, "text"),
    "session_minutes": (_is_number, "positive_number"),
    "session_hours": (_is_number, "positive_number"),
    "purpose_minutes": (_is_number, "positive_number"),
}


def identity(data: Mapping[str, Any]) -> Mistakes:
    """Return what is wrong with who the node is: its state, its name, its contact point."""
    wrong = {key: ["missing"] for key in ("state", "name", "desk") if not (_is_text(data.get(key)) and data[key])}
    if "state" not in wrong and not _STATE.fullmatch(data["state"]):
        wrong["state"] = ["two_letters"]
    return wrong


def kinds(data: Mapping[str, Any], choices: Mapping[str, tuple[str, ...]]) -> Mistakes:
    """Return the keys whose value is of the wrong kind, or none of its ``choices``."""
    wrong = {key: [code] for key, (holds, code) in _KINDS.items() if key in data and not holds(data[key])}
    return wrong | {key: ["choice"] for key, known in choices.items() if key in data and data[key] not in known}


def lead_hours(hours: object) -> Mistakes:
    """Return what is wrong with ``[lead_hours]``: for each kind of notice, or ``change``, a whole number of hours."""
    if not isinstance(hours, dict):
        return {"lead_hours": ["table"]}
    known = {kind.value for kind in Kind} | {"change"}
    wrong = {f"lead_hours.{name}": ["unknown"] for name in hours if name not in known}
    numbers = {name: value for name, value in hours.items() if isinstance(value, int) and not isinstance(value, bool)}
    negative = [name for name in hours if name in known and numbers.get(name, -1) < 0]
    return wrong | {f"lead_hours.{name}": ["number_of_hours"] for name in negative}


def proxies(named: object) -> Mistakes:
    """Return what is wrong with ``web_proxies``: a list of IP addresses or networks, never everybody."""
    if not isinstance(named, list) or not all(isinstance(one, str) for one in named):
        return {"web_proxies": ["list_of_addresses"]}
    try:
        everybody = any(ip_network(one).prefixlen == 0 for one in named)
    except ValueError:
        return {"web_proxies": ["list_of_addresses"]}
    return {"web_proxies": ["everybody"]} if everybody else {}


def providers(entries: object, shape: type) -> Mistakes:
    """Return what is wrong with ``[[openid]]``: tables with every field of ``shape``, all of them text."""
    if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
        return {"openid": ["table"]}
    needed = {one.name for one in fields(shape)}
    whole = all(set(one) == needed and all(_is_text(value) and value for value in one.values()) for one in entries)
    return {} if whole else {"openid": ["needs_" + "_".join(sorted(needed))]}
