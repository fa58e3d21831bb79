"""The repository's own rules, as checks."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCE = ROOT / "src" / "somec"
MODULE_LIMIT, MODULE_P90, FUNCTION_LIMIT, FUNCTION_P90 = 500, 300, 60, 30


def modules() -> list[Path]:
    return [path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts]


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout: nothing says which files belong to the project")
    return [ROOT / line for line in listed.stdout.splitlines()]


def p90(sizes: list[int]) -> float:
    return statistics.quantiles(sizes, n=10)[-1]


def functions(path: Path) -> list[tuple[str, int]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        (node.name, (node.end_lineno or node.lineno) - node.lineno + 1)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def test_modules_stay_small() -> None:
    sizes = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    assert not {str(path): size for path, size in sizes.items() if size > MODULE_LIMIT}
    assert p90(list(sizes.values())) <= MODULE_P90


def test_functions_stay_small() -> None:
    sizes = {(path.name, name): size for path in modules() for name, size in functions(path)}
    assert not {name: size for name, size in sizes.items() if size > FUNCTION_LIMIT}
    assert p90(list(sizes.values())) <= FUNCTION_P90


def test_parts_import_nothing_when_named() -> None:
    """A part's ``__init__`` is a docstring only; otherwise importing its rules would load its tables."""
    for path in SOURCE.glob("*/__init__.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert not [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)], path


def test_nothing_is_left_unfinished() -> None:
    marks = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|X" + r"XX|NotImplemented" + r"Error)\b")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in modules()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if marks.search(line)
    ]
    assert not found


def test_no_registry_host_and_no_path_of_a_machine() -> None:
    hosts = re.compile("pythonhost" + r"ed|pypi\.o" + r"rg|npm" + r"js|deb\.deb" + "ian")
    places = re.compile("/wo" + r"rk/(main|steering|\.library|shared)|/fa" + "rm/|/ro" + "ot/|/home/[a-z]")
    found = []
    for path in tracked():
        if not path.is_file():
            continue
        data = path.read_bytes()
        if b"\x00" in data[:8000]:
            continue
        text = data.decode("utf-8", errors="replace")
        found += [
            f"{path.relative_to(ROOT)}: {match.group()}" for match in [hosts.search(text), places.search(text)] if match
        ]
    assert not found


def test_every_dependency_has_its_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = text.split("dependencies = [", 1)[1].split("\n]", 1)[0]
    lines = [line for line in block.splitlines() if line.strip().startswith('"')]
    assert lines
    assert not [line for line in lines if "#" not in line]
    assert len(tomllib.loads(text)["project"]["dependencies"]) == len(lines)


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_locks_are_by_hash_and_name_no_host(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    pinned = [line for line in text.splitlines() if re.match(r"[a-z]", line)]
    assert pinned
    assert "http" not in text
    assert text.count("--hash=sha256:") >= len(pinned)


def test_links_in_the_documents_lead_somewhere() -> None:
    broken = []
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        local = [target for target in targets if "://" not in target]
        broken += [f"{page.relative_to(ROOT)} -> {target}" for target in local if not (page.parent / target).exists()]
    assert not broken


def test_every_test_asserts_something() -> None:
    silent = []
    for path in (ROOT / "tests").rglob("test_*.py"):
        source = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                text = ast.get_source_segment(source, node) or ""
                if not re.search(r"\bassert|raises|expect\(|check_|fail\(|accepted\(|refused\(", text):
                    silent.append(f"{path.name}:{node.name}")
    assert not silent


def test_the_house_keeps_its_contracts() -> None:
    """The layers and purity contracts of pyproject.toml hold."""
    run = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-3000:]
