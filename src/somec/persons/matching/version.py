"""Which rules an index was built by.

An index holds what the rules of this release made of each name. Under other rules a query would ask for keys that
nobody was filed under, and people would silently not be found; so an index names its rules, and another name is another
index.
"""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Final
from zlib import crc32

import icu

from somec.persons.matching.equivalence import FILE as EQUIVALENTS

LAYOUT: Final = 3
"""Changes when the layout of files changes."""
ENTRY: Final = "building"
"""The module whose output an index holds."""
_IMPORT: Final = re.compile(r"^from [\w.]*\bmatching(?:\.(\w+))? import (\([^)]*\)|.*)$", re.MULTILINE)


@lru_cache(maxsize=1)
def index_format() -> str:
    """Layout and a digest of everything that decides what is in an index.

    That is the text of `building` and of every module of this package below it, the table of equivalent names, and the
    release of ICU, whose romanisations change. A comment changes it as well: building anew costs less than not finding.
    """
    here = Path(__file__).resolve().parent
    digest = sha256(icu.ICU_VERSION.encode())
    for module in sorted(modules_below(here, ENTRY)):
        digest.update(f"\0{module}\0".encode() + (here / f"{module}.py").read_bytes())
    digest.update(crc32((here / EQUIVALENTS).read_bytes()).to_bytes(4, "little"))
    return f"{LAYOUT}-{digest.hexdigest()[:16]}"


def modules_below(folder: Path, entry: str) -> set[str]:
    """`entry` and the modules of the same package that it imports, directly or not."""
    found: set[str] = set()
    waiting = [entry]
    while waiting:
        module = waiting.pop()
        if module in found or not (folder / f"{module}.py").is_file():
            continue
        found.add(module)
        for below, names in _IMPORT.findall((folder / f"{module}.py").read_text("utf-8")):
            waiting += [below] if below else re.findall(r"\w+", names)
    return found
