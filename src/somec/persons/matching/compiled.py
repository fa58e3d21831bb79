"""The switch between compiled and interpreted kernels.

The kernels of this package are plain Python over arrays. With numba they run at the speed of C; without it, or with
`SOMEC_MATCHING_KERNEL=python`, the same functions run interpreted
and give the same answers, only slower (tests prove the equality).
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from typing import Any, Final, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])

_log: Final = logging.getLogger(__name__)


def _load() -> Callable[..., Any] | None:
    if os.environ.get("SOMEC_MATCHING_KERNEL") == "python":
        return None
    try:
        from numba import njit  # noqa: PLC0415 - the point is to go on without it
    except ImportError as error:
        _log.warning("matching kernels run interpreted: numba cannot be loaded (%s)", type(error).__name__)
        return None
    return njit


_njit: Final = _load()
IS_COMPILED: Final = _njit is not None
"""Whether the fast kernels are in use; shown by the index status."""


def compiled(function: Function) -> Function:
    """Compile a kernel where that is possible.

    The machine code is cached beside the module or, where that is read-only, in the user's cache folder.
    """
    if _njit is None:
        return function
    result: Function = _njit(cache=True, nogil=True, error_model="numpy")(function)
    return result
