"""A node that is thrown away after measuring."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CONFIGURATION = """state = "LV"
name = "Node that is measured"
desk = "Desk"
training = true
second_factor = "offered"
"""


@contextmanager
def throw_away_node() -> Iterator[str]:
    """Make a node with tables and set Django up for it; one for each process."""
    folder = os.environ.get("SOMEC_BENCH_NODE") or tempfile.mkdtemp(prefix="somec-bench-")
    os.environ["SOMEC_NODE"] = folder
    Path(folder, "somec.toml").write_text(CONFIGURATION, encoding="utf-8")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "somec.node.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    try:
        yield folder
    finally:
        from django.db import connections

        connections.close_all()
        if "SOMEC_BENCH_NODE" not in os.environ:
            shutil.rmtree(folder, ignore_errors=True)
