"""``somec match rebuild | status | follow | duplicates``: the search index of this node and what is found with it."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from tqdm import tqdm

from somec.cli import setup

WRONG = 1
BUSY = 3


def followed() -> Path:
    """Bring the index of this node up to its database and return its folder; one that is not whole is built first."""
    os.environ.setdefault("SOMEC_MATCHING_KERNEL", "compiled")  # many queries are worth loading the fast ones
    setup.ready_node()
    from somec.persons import indexing

    found = indexing.follow()
    if found.index is None or found.reason or not found.index.status()["complete"]:
        indexing.rebuild()
        indexing.follow()
    return indexing.folder()


def is_a_nodes(folder: Path) -> bool:
    """Tell whether an index follows a node's database (:data:`somec.persons.indexing.TOKENS` lies in its folder)."""
    return (folder / "database.json").exists()


def rebuild(chosen: argparse.Namespace) -> int:
    """Build the index of this node anew from its database, with progress; searches go on meanwhile."""
    setup.ready_node()
    from somec.persons import indexing, queries
    from somec.persons.matching.errors import IndexBusy, IndexStorage

    total = queries.count()
    hidden = bool(chosen.quiet) or not sys.stderr.isatty()
    try:
        with tqdm(total=total, unit=" people", desc="rebuild", disable=hidden) as bar:
            people = indexing.rebuild(bar.update)
    except IndexBusy:
        return _said("another process rebuilds the index; nothing was done", BUSY)
    except IndexStorage as error:
        return _said(f"the index cannot be written ({error.parameters.get('reason')}); the old one stays", WRONG)
    print(f"{people} people in the index")
    return 0


def status(chosen: argparse.Namespace) -> int:
    """Print how the index stands; exit status 1 where answers are not whole."""
    del chosen
    setup.ready_node()
    from somec.persons import indexing
    from somec.persons.matching.errors import MatchingError

    try:
        found = indexing.status()
    except MatchingError as error:
        return _said(f"the index cannot be read ({error.code}); run: somec match rebuild", WRONG)
    followed = found.followed_at.isoformat(timespec="seconds") if found.followed_at else "never"
    print(f"people on file:        {found.on_file}")
    print(f"people in the index:   {found.people}")
    print(f"changes not yet taken: {found.waiting} (the next search takes them)")
    print(f"last taken:            {followed}")
    print(f"on disk:               {found.octets / 1e6:.1f} MB")
    print(f"model:                 {found.model[:16] or '-'}")
    print(f"kernels:               {'compiled' if found.compiled else 'interpreted'}")
    print(f"state:                 {found.reason or 'whole'}")
    return WRONG if found.reason else 0


def follow(chosen: argparse.Namespace) -> int:
    """Take what the worker would otherwise leave to the next search: changes, a rebuild, links to weigh, duplicates.

    A process of its own, so that a node at rest never holds the engine in memory.
    """
    del chosen
    setup.ready_node()
    from somec.movements import actions
    from somec.persons import indexing, likeness
    from somec.persons.matching.errors import IndexBusy

    try:
        followed = indexing.follow()
        if indexing.rebuild_due():  # asked for before, or just now
            indexing.rebuild()
            followed = indexing.follow()
    except IndexBusy:
        return _said("another process rebuilds the index", BUSY)
    if followed.reason:
        return _said(f"the index is not whole ({followed.reason})", WRONG)
    actions.check_links()
    while likeness.begun() and likeness.compare_changed():
        pass
    return 0


def duplicates(chosen: argparse.Namespace) -> int:
    """Compare files that changed since the last time with all others, now; the list is on the page for duplicates."""
    setup.ready_node()
    from somec.persons import likeness

    compared, hidden = 0, bool(chosen.quiet) or not sys.stderr.isatty()
    with tqdm(total=likeness.waiting(), unit=" files", desc="duplicates", disable=hidden) as bar:
        while done := likeness.compare_changed():
            compared += done
            bar.update(done)
    if left := likeness.waiting():
        return _said(f"{compared} files compared, {left} left: the index is not whole (somec match status)", WRONG)
    print(f"{compared} files compared")
    return 0


def _said(text: str, status_code: int) -> int:
    print(f"somec match: {text}", file=sys.stderr)
    return status_code
