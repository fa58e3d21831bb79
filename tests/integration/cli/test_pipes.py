"""A command whose reader stops reading ends quietly."""

from __future__ import annotations

import subprocess
import sys


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    listing = subprocess.Popen(
        [sys.executable, "-m", "somec.cli.main", "catalogue", "list", "offence", "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert listing.stdout is not None
    assert listing.stderr is not None
    listing.stdout.close()
    said = listing.stderr.read()
    assert (listing.wait(), said) == (0, b"")
    listing.stderr.close()


def test_the_version_is_printed() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "somec.cli.main", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("somec 0.")
