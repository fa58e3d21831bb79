"""The one secret that Django needs, kept beside the node's other keys and made on first use."""

from __future__ import annotations

import os
from pathlib import Path
from secrets import token_urlsafe

from somec.node.config import Config

_NAME = "django.key"


def django_key(config: Config) -> str:
    """Return the key that signs sessions and forms; a node without a folder gets one for the life of the process."""
    if not config.folder.exists():
        return token_urlsafe(64)
    file = config.keys / _NAME
    try:
        return file.read_text(encoding="ascii")
    except FileNotFoundError:
        return _make(file)


def _make(file: Path) -> str:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text(encoding="ascii")
    with os.fdopen(handle, "w", encoding="ascii") as target:
        key = token_urlsafe(64)
        target.write(key)
    return key
