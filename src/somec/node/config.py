"""What one node is: read once from ``somec.toml`` in the node's folder, checked, and frozen.

The folder is named by ``SOMEC_NODE``. Without it a throw-away training configuration in ``var/node`` is assumed, which
tests and management commands use; ``somec serve`` refuses to start on that.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from somec.kernel.clock import TRAINING_CLOCK_VARIABLE
from somec.kernel.errors import Invalid
from somec.node import mistakes

FOLDER_VARIABLE = "SOMEC_NODE"
DATABASE_VARIABLE = "SOMEC_DATABASE_URL"
DEFAULT_FOLDER = Path("var/node")
LANGUAGES = ("en", "lv")  # complete in this release; a language is offered when it is complete

SecondFactor = Literal["required", "offered"]
ClientCertificates = Literal["required", "optional", "off"]


@dataclass(frozen=True, slots=True)
class OpenIdConnect:
    """One identity provider of the state (OIDC discovery address, client id, name of the variable with the secret)."""

    name: str
    server: str
    client_id: str
    secret_variable: str


@dataclass(frozen=True, slots=True)
class Config:
    """The configuration of one node; addresses are ``host:port``, the endpoint is what peers call."""

    state: str
    name: str
    desk: str
    folder: Path
    web_address: str = "127.0.0.1:8000"
    web_tls: bool = False
    web_hosts: tuple[str, ...] = ("127.0.0.1", "localhost")
    web_proxies: tuple[str, ...] = ()
    exchange_address: str = "127.0.0.1:8443"
    endpoint: str = "https://127.0.0.1:8443/as4"
    client_certificates: ClientCertificates = "required"
    database_url: str = ""
    training: bool = False
    second_factor: SecondFactor = "required"
    time_zone: str = "Europe/Brussels"
    language: str = "en"
    session_minutes: int = 30
    session_hours: int = 10
    purpose_minutes: int = 240
    openid: tuple[OpenIdConnect, ...] = field(default=())
    lead_hours: Mapping[str, int] = field(default_factory=dict)
    search_prior: float | None = None

    @property
    def database_file(self) -> Path:
        """Return where the embedded database lies when no address of another is given."""
        return self.folder / "somec.sqlite3"

    @property
    def web_secure(self) -> bool:
        """Tell whether browsers reach the screens by TLS: the node's own, or that of a trusted proxy."""
        return self.web_tls or bool(self.web_proxies)

    @property
    def keys(self) -> Path:
        """Return the folder of the node's private keys (mode 0700)."""
        return self.folder / "keys"


_KEYS = {
    "state", "name", "desk", "web_address", "web_tls", "web_hosts", "web_proxies", "exchange_address", "endpoint",
    "client_certificates", "database_url",
    "training", "second_factor", "time_zone", "language", "session_minutes", "session_hours", "purpose_minutes",
    "openid", "lead_hours", "search_prior",
}  # fmt: skip
_CHOICES: dict[str, tuple[str, ...]] = {
    "second_factor": get_args(SecondFactor), "client_certificates": get_args(ClientCertificates), "language": LANGUAGES,
}  # fmt: skip


def load(folder: Path | None = None) -> Config:
    """Read and check the configuration of a node (``SOMEC_NODE`` unless named); raises Invalid with each wrong key."""
    place = folder or Path(os.environ.get(FOLDER_VARIABLE, DEFAULT_FOLDER))
    file = place / "somec.toml"
    if not file.exists():
        return Config(
            state="LV", name="Training", desk="Training desk", folder=place.absolute(), training=True,
            database_url=os.environ.get(DATABASE_VARIABLE, ""),
        )  # fmt: skip
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Invalid("config.malformed", file=file.name, why=str(error)) from error
    return _checked(data, place.absolute())


def _is_share(value: object) -> bool:
    """Tell whether ``search_prior`` says something: nobody knows beforehand that everybody, or nobody, is on file."""
    return isinstance(value, float) and 0.0 < value < 1.0


def _checked(data: dict[str, Any], folder: Path) -> Config:
    wrong: dict[str, list[str]] = {key: ["unknown"] for key in data if key not in _KEYS}
    wrong.update(mistakes.identity(data))
    wrong.update(mistakes.kinds(data, _CHOICES))
    wrong.update(mistakes.proxies(data.get("web_proxies", [])))
    if "search_prior" in data and not _is_share(data["search_prior"]):
        wrong["search_prior"] = ["share"]
    wrong.update(mistakes.lead_hours(data.get("lead_hours", {})))
    wrong.update(mistakes.providers(data.get("openid", []), OpenIdConnect))
    if os.environ.get(TRAINING_CLOCK_VARIABLE) and data.get("training") is not True:
        wrong["training"] = ["clock_set_ahead"]  # a real node never runs ahead of the world
    if wrong:
        raise Invalid("config.invalid", fields=wrong)
    values = {**data, "folder": folder}
    values["web_hosts"] = tuple(data.get("web_hosts", Config.__dataclass_fields__["web_hosts"].default))
    values["web_proxies"] = tuple(data.get("web_proxies", ()))
    values["openid"] = tuple(OpenIdConnect(**entry) for entry in data.get("openid", []))
    values["database_url"] = os.environ.get(DATABASE_VARIABLE, data.get("database_url", ""))
    return Config(**values)
