"""The index as files: found at once, gone at once, whole after a crash, never silently incomplete."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from matching_sample import crowd, person  # type: ignore[import-not-found,unused-ignore]

from somec.persons.matching import index as index_module
from somec.persons.matching.answer import Outcome
from somec.persons.matching.errors import IndexBusy, IndexDamaged, IndexMissing, IndexStorage, IndexVersion
from somec.persons.matching.index import MANIFEST, MatchIndex
from somec.persons.matching.version import index_format, modules_below

BORN = "1977-07-07"
OTHER = "1961-02-13"


def found(index: MatchIndex, name: str, born: str = BORN) -> list[str]:
    return [one.id for one in index.search(person("q", name, born)).candidates if one.probability > 0.5]


def run_python(code: str, *arguments: str, wait: bool = True) -> subprocess.Popen[str]:
    sample = Path(__file__).parent
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": f"{sample}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"},
    )
    if wait:
        process.wait(120)
    return process


def test_found_in_the_next_query_and_gone_in_the_next(tmp_path: Path) -> None:
    index, other = MatchIndex.create(tmp_path / "i"), MatchIndex.create(tmp_path / "i")
    index.put([person("a", "Zigmunds Ozoliņš", BORN)])
    assert found(other, "Zigmunds Ozolins") == ["a"]
    index.put([person("a", "Teodors Kalniņš", OTHER)])
    assert found(other, "Zigmunds Ozolins") == []
    assert found(other, "Teodors Kalnins", OTHER) == ["a"]
    index.remove(["a", "unknown"])
    assert found(other, "Teodors Kalnins", OTHER) == []
    assert len(other) == 0


def test_a_change_replaces_a_record_of_the_base(tmp_path: Path) -> None:
    index = MatchIndex.create(tmp_path / "i")
    index.rebuild([*crowd(100), person("a", "Zigmunds Ozoliņš", BORN)])
    index.put([person("a", "Teodors Kalniņš", OTHER)])
    again = MatchIndex.open(tmp_path / "i")
    assert found(again, "Zigmunds Ozolins") == []
    assert found(again, "Teodors Kalnins", OTHER) == ["a"]
    assert len(again) == 101


def test_many_small_changes_stay_searchable(tmp_path: Path) -> None:
    index = MatchIndex.create(tmp_path / "i")
    for number in range(60):
        index.put([person(f"n{number}", f"Zigmunds{number} Ozoliņš", BORN)])
    index.remove([f"n{number}" for number in range(0, 60, 2)])
    assert len(index) == 30
    assert len(index.segments) < 6
    assert index.search(person("q", "Zigmunds7 Ozoliņš", BORN)).candidates


def test_a_checkpoint_empties_the_log_and_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_module, "CHECKPOINT_AT", 50)
    index = MatchIndex.create(tmp_path / "i")
    index.rebuild([*crowd(80), person("old", "Zigmunds Ozoliņš", BORN)])
    index.remove(["old"])
    index.put(crowd(140)[80:])
    status = MatchIndex.open(tmp_path / "i").status()
    assert (status["people"], status["changed"]) == (140, 0)
    assert found(MatchIndex.open(tmp_path / "i"), "Zigmunds Ozolins") == []
    names = b"".join(path.read_bytes() for path in (tmp_path / "i").glob("changes-*.log"))
    assert names == b""


def test_a_rebuild_keeps_changes_made_meanwhile(tmp_path: Path) -> None:
    index, other = MatchIndex.create(tmp_path / "i"), MatchIndex.create(tmp_path / "i")

    def records():  # type: ignore[no-untyped-def]  # noqa: ANN202
        yield from crowd(50)
        other.put([person("late", "Zigmunds Ozoliņš", BORN)])
        other.remove(["c3"])

    assert index.rebuild(records()) == 50
    for one in (index, other, MatchIndex.open(tmp_path / "i")):
        assert found(one, "Zigmunds Ozolins") == ["late"]
        assert len(one) == 50
    index.verify()


def test_a_rebuild_while_another_runs_is_refused(tmp_path: Path) -> None:
    index, other = MatchIndex.create(tmp_path / "i"), MatchIndex.create(tmp_path / "i")

    def records():  # type: ignore[no-untyped-def]  # noqa: ANN202
        yield from crowd(5)
        with pytest.raises(IndexBusy):
            other.rebuild(crowd(3))

    index.rebuild(records())
    other.refresh()
    assert len(other.segments[0].ids()) == 5


@pytest.mark.slow
def test_two_processes_rebuilding_leave_one_whole_index(tmp_path: Path) -> None:
    MatchIndex.create(tmp_path / "i")
    code = """
        import sys
        from pathlib import Path
        from matching_sample import crowd
        from somec.persons.matching.errors import IndexBusy
        from somec.persons.matching.index import MatchIndex
        index = MatchIndex.create(Path(sys.argv[1]))
        try:
            print(index.rebuild(crowd(300)))
        except IndexBusy:
            print("busy")
    """
    processes = [run_python(code, str(tmp_path / "i"), wait=False) for _ in range(2)]
    said = sorted(process.communicate(timeout=120)[0].strip() for process in processes)
    assert said in (["300", "300"], ["300", "busy"])
    index = MatchIndex.open(tmp_path / "i")
    index.verify()
    assert len(index) == 300


@pytest.mark.slow
@pytest.mark.parametrize("moment", [0.02, 0.11, 0.35])
def test_killed_while_putting(tmp_path: Path, moment: float) -> None:
    """Everything acknowledged before SIGKILL is there afterwards; what was being written is there whole or not at all."""
    MatchIndex.create(tmp_path / "i").rebuild(crowd(30))
    code = """
        import sys
        from pathlib import Path
        from matching_sample import person
        from somec.persons.matching.index import MatchIndex
        index = MatchIndex.open(Path(sys.argv[1]))
        for number in range(100000):
            index.put([person(f"k{number}", f"Zigmunds Ozoliņš{number}", "1977-07-07")])
            print(number, flush=True)
    """
    process = run_python(code, str(tmp_path / "i"), wait=False)
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(moment)
    process.send_signal(signal.SIGKILL)
    acknowledged = [int(line) for line in process.communicate(timeout=30)[0].split("\n") if line.strip().isdigit()]
    last = max(acknowledged, default=0)
    index = MatchIndex.open(tmp_path / "i")
    index.verify()
    assert last + 31 <= len(index) <= last + 32
    index.put([person("after", "Teodors Kalniņš", BORN)])
    assert found(MatchIndex.open(tmp_path / "i"), "Teodors Kalnins") == ["after"]


def test_half_an_entry_at_the_end_of_the_log_is_cut_off(tmp_path: Path) -> None:
    index = MatchIndex.create(tmp_path / "i")
    index.put([person("a", "Zigmunds Ozoliņš", BORN)])
    log = next((tmp_path / "i").glob("changes-*.log"))
    whole = log.read_bytes()
    log.write_bytes(whole + whole[: len(whole) // 2])
    again = MatchIndex.open(tmp_path / "i")
    assert len(again) == 1
    again.put([person("b", "Teodors Kalniņš", BORN)])
    assert found(MatchIndex.open(tmp_path / "i"), "Teodors Kalnins") == ["b"]


def test_a_damaged_log_is_said_and_not_passed_over(tmp_path: Path) -> None:
    index = MatchIndex.create(tmp_path / "i")
    index.put([person("a", "Zigmunds Ozoliņš", BORN)])
    index.put([person("b", "Teodors Kalniņš", BORN)])
    log = next((tmp_path / "i").glob("changes-*.log"))
    content = bytearray(log.read_bytes())
    content[20] ^= 0xFF
    log.write_bytes(content)
    again = MatchIndex.open(tmp_path / "i")
    assert again.search(person("q", "Zigmunds", BORN)).outcome is Outcome.INDEX_INCOMPLETE
    with pytest.raises(IndexDamaged):
        again.put([person("c", "Anna Nowak", BORN)])
    again.rebuild(crowd(5))
    assert again.search(person("q", "Zigmunds", BORN)).outcome is not Outcome.INDEX_INCOMPLETE


@pytest.mark.parametrize("damage", ["short", "magic", "header", "gone", "content"])
def test_a_damaged_segment_is_refused(tmp_path: Path, damage: str) -> None:
    MatchIndex.create(tmp_path / "i").rebuild(crowd(40))
    file = next((tmp_path / "i").glob("people-*.segment"))
    content = bytearray(file.read_bytes())
    if damage == "gone":
        file.unlink()
    elif damage == "short":
        file.write_bytes(content[: len(content) // 2])
    else:
        at = {"magic": 0, "header": 40, "content": len(content) - 3}[damage]
        content[at] ^= 0xFF
        file.write_bytes(content)
    with pytest.raises(IndexDamaged):
        MatchIndex.open(tmp_path / "i")
    again = MatchIndex(tmp_path / "i")
    again.rebuild(crowd(7))
    assert len(MatchIndex.open(tmp_path / "i")) == 7


def test_an_index_of_another_version_is_refused_and_can_be_rebuilt(tmp_path: Path) -> None:
    MatchIndex.create(tmp_path / "i").rebuild(crowd(10))
    manifest = tmp_path / "i" / MANIFEST
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "format": "of other rules"}))
    with pytest.raises(IndexVersion) as caught:
        MatchIndex.open(tmp_path / "i")
    assert caught.value.parameters["expected"] == index_format()
    MatchIndex(tmp_path / "i").rebuild(crowd(12))
    assert len(MatchIndex.open(tmp_path / "i")) == 12


def test_the_format_covers_every_module_that_decides_what_is_in_an_index(tmp_path: Path) -> None:
    for module, text in {
        "building": "from package.matching.keys import key",
        "keys": "from package.matching import folding, rules as r",
        "folding": "import re",
        "rules": "",
        "search": "from package.matching.building import build",
    }.items():
        (tmp_path / f"{module}.py").write_text(text)
    assert modules_below(tmp_path, "building") == {"building", "keys", "folding", "rules"}
    below = modules_below(Path(index_module.__file__).parent, "building")
    assert {
        "names",
        "folding",
        "romanise",
        "keys",
        "equivalence",
        "scripts",
        "dates",
        "wordtables",
        "postings",
    } <= below
    assert not below & {"search", "scoring", "index"}


def test_a_missing_index_is_an_error_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing):
        MatchIndex.open(tmp_path / "nowhere")


@pytest.mark.slow
def test_a_full_disk_is_an_error_and_changes_nothing(tmp_path: Path) -> None:
    """A limit on file size stands for a full disk: the write fails in the middle."""
    index = MatchIndex.create(tmp_path / "i")
    index.rebuild(crowd(30))
    code = """
        import resource, signal, sys
        from pathlib import Path
        from matching_sample import crowd, person
        from somec.persons.matching.errors import IndexStorage
        from somec.persons.matching.index import MatchIndex
        index = MatchIndex.open(Path(sys.argv[1]))
        index.search(crowd(1)[0])
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, resource.RLIM_INFINITY))
        for attempt in (lambda: index.rebuild(crowd(500)), lambda: index.put(crowd(200))):
            try:
                attempt()
                print("no error")
            except IndexStorage as error:
                print(error.code)
        print(len(index), [one.id for one in index.search(crowd(5)[4]).candidates][:1])
    """
    process = run_python(code, str(tmp_path / "i"))
    assert process.stdout is not None
    assert process.stdout.read().split("\n")[:3] == [
        "matching.index.not_written",
        "matching.index.not_written",
        "30 ['c4']",
    ]
    again = MatchIndex.open(tmp_path / "i")
    again.verify()
    assert len(again) == 30
    assert not list((tmp_path / "i").glob(".*"))


def test_a_place_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(IndexStorage):
        MatchIndex.create(tmp_path / "file" / "i")


def test_files_are_private(tmp_path: Path) -> None:
    index = MatchIndex.create(tmp_path / "i")
    index.rebuild(crowd(3))
    index.put([person("a", "Zigmunds Ozoliņš", BORN)])
    assert {oct(path.stat().st_mode & 0o777) for path in (tmp_path / "i").iterdir()} == {"0o600"}


@pytest.mark.slow
def test_interpreted_kernels_give_the_same_answers(tmp_path: Path) -> None:
    code = """
        import json, sys
        from matching_sample import crowd, person
        from somec.persons.matching.compiled import IS_COMPILED
        from somec.persons.matching.index import MatchIndex
        people = crowd(150)
        index = MatchIndex.in_memory(people)
        index.put([person("late", "Сергей Лавров", "1950-03-21")])
        queries = [*people[:12], person("a", "Sergejs Lavrovs", "1950"), person("b", "محمد حسن"), person("c", "Annamaria Kowalska", "1970-01-01"), person("d", "J. Muller")]
        answers = [[(one.id, round(one.probability, 5), round(one.bits, 3), [e.code for e in one.evidence]) for one in index.search(query, floor=1e-9).candidates] for query in queries]
        print(json.dumps([IS_COMPILED, answers]))
    """
    slow = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "SOMEC_MATCHING_KERNEL": "python", "PYTHONPATH": str(Path(__file__).parent)},
    )
    fast = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "SOMEC_MATCHING_KERNEL": "", "PYTHONPATH": str(Path(__file__).parent)},
    )
    interpreted, compiled = json.loads(slow.stdout), json.loads(fast.stdout)
    assert (interpreted[0], compiled[0]) == (False, True)
    assert interpreted[1] == compiled[1]
    assert all(answers for answers in compiled[1])
