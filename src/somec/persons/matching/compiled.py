"""The switch between compiled and interpreted kernels.

The kernels of this package are plain Python over arrays. With numba they run at the speed of C; without it, or with
`SOMEC_MATCHING_KERNEL=python`, the same functions run interpreted
and give the same answers, only slower (tests prove the equality).
"""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])

_log: Final = logging.getLogger(__name__)
_FOLDER: Final = "kernels-"


def _load() -> Callable[..., Any] | None:
    if os.environ.get("SOMEC_MATCHING_KERNEL") == "python":
        return None
    try:
        from numba import config, njit  # noqa: PLC0415 - the point is to go on without it
    except ImportError as error:
        _log.warning("matching kernels run interpreted: numba cannot be loaded (%s)", type(error).__name__)
        return None
    if not os.environ.get("NUMBA_CACHE_DIR"):
        config.CACHE_DIR = str(cache_folder())  # type: ignore[attr-defined] # made by numba at run time
    return njit


def cache_folder() -> Path:
    """Where the machine code of these kernels is kept: beside them or, where that is read-only, with the user's caches.

    The name holds a hash of all modules whose kernels others call. numba itself looks only at the module a kernel
    stands in and would go on with machine code into which an older kernel of another module was built.
    """
    here = Path(__file__).resolve().parent
    texts = {module.stem: module.read_text(encoding="utf-8") for module in sorted(here.glob("*.py"))}
    kernels = {name: text for name, text in texts.items() if "@compiled" in text}
    sources = sha256()
    for name, text in kernels.items():
        if any(f"matching.{name} import" in other for other in kernels.values()):
            sources.update(f"{name}\0{text}\0".encode())
    folder = f"{_FOLDER}{sources.hexdigest()[:16]}"
    for parent in (here / "__pycache__", _user_caches()):
        try:
            (parent / folder).mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError:
            continue
        if os.access(parent / folder, os.W_OK):
            _drop_older(parent, folder)
            return parent / folder
    return Path(tempfile.gettempdir()) / f"{folder}-{os.getuid()}"


def _user_caches() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()) / "somec"


def _drop_older(parent: Path, folder: str) -> None:
    """Machine code of other versions goes; what another process holds open stays usable to it."""
    for older in parent.glob(f"{_FOLDER}*"):
        if older.name != folder:
            shutil.rmtree(older, ignore_errors=True)


_njit: Final = _load()
IS_COMPILED: Final = _njit is not None
"""Whether the fast kernels are in use; shown by the index status."""


def compiled(function: Function) -> Function:
    """Compile a kernel where that is possible.

    The machine code is kept in `cache_folder`.
    """
    if _njit is None:
        return function
    result: Function = _njit(cache=True, nogil=True, error_model="numpy")(function)
    return result
