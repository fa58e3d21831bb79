"""What is settled before Django reads its settings (pytest-django does so before any conftest): a throw-away node."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

os.environ.setdefault("SOMEC_FAST_PASSWORDS", "1")
if "SOMEC_NODE" not in os.environ or "PYTEST_XDIST_WORKER" in os.environ:  # each worker is a node of its own
    os.environ["SOMEC_NODE"] = tempfile.mkdtemp(prefix="somec-test-")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
Path(os.environ["SOMEC_NODE"], "static").mkdir(exist_ok=True)  # where collected files would lie
