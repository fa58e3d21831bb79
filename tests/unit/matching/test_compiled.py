"""Machine code of kernels is kept under a name that changes with them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from somec.persons.matching import compiled
from somec.persons.matching.warming import warm


def test_the_folder_changes_with_a_kernel_that_others_call_and_only_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "matching"
    shutil.copytree(Path(compiled.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(compiled, "__file__", str(package / "compiled.py"))
    first = compiled.cache_folder()
    assert first.is_dir()
    assert first.is_relative_to(package)
    (package / "names.py").write_text("changed = True\n")
    assert compiled.cache_folder() == first
    with (package / "similarity.py").open("a") as out:
        out.write("# changed\n")
    second = compiled.cache_folder()
    assert second != first
    assert not first.exists()


def test_a_package_that_cannot_be_written_keeps_its_machine_code_with_the_caches_of_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "matching"
    package.mkdir()
    (package / "__pycache__").write_text("no folder")
    monkeypatch.setattr(compiled, "__file__", str(package / "compiled.py"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    assert compiled.cache_folder().parent == tmp_path / "caches" / "somec"


def test_warming_uses_every_kernel_once() -> None:
    assert warm() > 0.0
