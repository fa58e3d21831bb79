from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import two_nodes
from two_nodes import Node


@pytest.fixture(scope="session")
def nodes_template(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Path:
    with django_db_blocker.unblock():
        return two_nodes.template(tmp_path_factory.mktemp("nodes"))


@pytest.fixture
def nodes(nodes_template: Path, tmp_path: Path, django_db_blocker: Any) -> Iterator[tuple[Node, Node, Node]]:
    with django_db_blocker.unblock():
        lv, nl, es = (two_nodes.copy(nodes_template, tmp_path, state) for state in ("LV", "NL", "ES"))
        yield lv, nl, es
