"""Several processes append to one SQLite file at the same time; ``somec verify`` proves the result."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
WRITERS, TIMES, BATCH = 3, 40, 3
WRITE = f"""
import django
django.setup()
from django.db import transaction
from somec.audit import actions
from somec.audit.rules import Kind, NewEntry
one = NewEntry("usr-1", "aut-1", "person.read", Kind.CONSULTATION, "prs-1", case="prs-1", reason="made up")
for _ in range({TIMES}):
    with transaction.atomic():
        actions.record_many([one] * {BATCH})
"""


@pytest.mark.slow
@pytest.mark.processes
def test_processes_wait_for_each_other(tmp_path: Path) -> None:
    folder = tmp_path / "node"
    environment = {
        **os.environ, "SOMEC_NODE": str(folder), "SOMEC_DATABASE_URL": "", "PYTHONPATH": str(ROOT / "src"),
        "DJANGO_SETTINGS_MODULE": "somec.node.settings",
    }  # fmt: skip
    somec = [sys.executable, "-m", "somec.cli.main"]
    subprocess.run(
        [*somec, "init", "--folder", str(folder), "--state", "LV", "--name", "Made up", "--training"],
        env=environment, check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    writers = [subprocess.Popen([sys.executable, "-c", WRITE], env=environment) for _ in range(WRITERS)]
    assert [writer.wait(timeout=120) for writer in writers] == [0] * WRITERS
    done = subprocess.run(
        [*somec, "verify", "--json"], env=environment, check=True, capture_output=True, timeout=120, text=True
    )
    said = json.loads(done.stdout)
    assert said["ok"]
    assert said["entries"] == WRITERS * TIMES * BATCH
