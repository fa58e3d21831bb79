"""The page that people read says what the program does."""

from __future__ import annotations

import importlib.util
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[3] / "scripts" / "permissions.py"


def test_the_reference_page_is_fresh() -> None:
    spec = importlib.util.spec_from_file_location("permissions_page", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    text = script.PAGE.read_text(encoding="utf-8")
    assert script.page(text) == text, "run scripts/permissions.py"
