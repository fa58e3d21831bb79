"""`somec match` as a stranger uses it: odd files, odd options, runs that meet, and what the output holds."""

from __future__ import annotations

import csv
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from matching_sample import crowd  # type: ignore[import-not-found,unused-ignore]

from somec.cli.main import main
from somec.persons.matching import batch, tables
from somec.persons.matching.batch import match_file
from somec.persons.matching.errors import BadTable, IndexStorage, OtherRun, WorkerLost
from somec.persons.matching.index import MatchIndex
from somec.persons.matching.reasons import NOT_WHOLE, SENTENCES
from somec.persons.matching.records import PersonName, PersonRecord
from somec.persons.matching.tables import header_of, read_index, read_people

PEOPLE = "id,full_name,dob\na,Anna Marija Bērziņa,1990-05-17\nb,Jürgen Müller,1971-02-03\nc,Jānis Ozols,1980-12-31\n"


def written(folder: Path, name: str, content: str, encoding: str = "utf-8") -> Path:
    file = folder / name
    file.write_bytes(content.encode(encoding))
    return file


def asked(folder: Path, queries: Path, *options: str, people: str = PEOPLE, out: str = "out.csv") -> int:
    index = written(folder, "people.csv", people)
    return main(["match", str(queries), "--index", str(index), "--out", str(folder / out), *options])


def rows(file: Path) -> list[dict[str, str]]:
    csv.field_size_limit(10_000_000)
    with file.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


# --- rows of one id are one person ------------------------------------------------------------------------------------


def test_rows_of_one_id_are_put_together(tmp_path: Path) -> None:
    people = written(
        tmp_path,
        "p.csv",
        "id,given_name,family_name,dob,sex,document\n"
        "7,Anna,Bērziņa,1990-05-17,F,\n8,Jānis,Ozols,1980-12-31,M,\n,Zane,Liepa,,,\n"
        "7,Anna,Kļaviņa,,F,LV123456\n8,Jānis,Ozols,1980-12-30,F,\n,Ilze,Liepa,,,\n",
    )
    found = {}
    for one in read_index(people):
        for person in tables.people_of(one) if isinstance(one, tables.RowBlock) else [one]:
            assert person.id not in found
            found[person.id] = person
    assert sorted(found) == ["3", "6", "7", "8"]
    names = (PersonName(given="Anna", family="Bērziņa"), PersonName(given="Anna", family="Kļaviņa"))
    assert found["7"] == PersonRecord("7", names, ("1990-05-17",), "F", (), (), ("LV123456",))
    assert (found["8"].birth_dates, found["8"].sex) == (("1980-12-31", "1980-12-30"), "")


def test_a_name_of_one_row_and_the_date_of_another_find_one_person(tmp_path: Path) -> None:
    people = "id,full_name,dob\n" + "".join(f"x{n},Person{n} Family{n},19{n % 90 + 10}-01-02\n" for n in range(40))
    people += "7,Anna Bērziņa,\n7,Ilze Kļaviņa,1990-05-17\n"
    queries = written(tmp_path, "q.csv", "id,full_name,dob\n1,Anna Berzina,1990-05-17\n")
    assert asked(tmp_path, queries, people=people) == 0
    first = rows(tmp_path / "out.csv")[0]
    assert first["candidate_id"] == "7"
    assert "is spelled the same" in first["explanation"]
    assert "born on the same day" in first["explanation"]


def test_parquet_rows_of_one_id(tmp_path: Path) -> None:
    table = pa.table({"id": [1, 1, 2], "full_name": ["Anna", "Ilze", "Zane"]})
    pq.write_table(table, tmp_path / "p.parquet")
    index = MatchIndex.in_memory(read_index(tmp_path / "p.parquet"))
    assert len(index) == 2


# --- files as they come -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig"])
def test_a_byte_order_mark_says_the_encoding(tmp_path: Path, encoding: str) -> None:
    file = written(tmp_path, "q.csv", "full_name\tdob\nAnna Bērziņa\t1990-05-17\n", encoding)
    assert [one.names[0].full for one in read_people(file)] == ["Anna Bērziņa"]


def test_each_file_has_its_own_encoding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    queries = written(tmp_path, "q.csv", "id,full_name,dob\n1,Jürgen Müller,1971-02-03\n", "latin-1")
    assert asked(tmp_path, queries) == 1
    assert "--encoding" in capsys.readouterr().err
    assert asked(tmp_path, queries, "--encoding", "latin-1") == 0
    first = rows(tmp_path / "out.csv")[0]
    assert (first["candidate_id"], first["explanation"].count("is spelled the same")) == ("b", 2)


@pytest.mark.parametrize("encoding", ["rot13", "base64", "klingon", "", "\0"])
def test_what_is_no_encoding_of_text(tmp_path: Path, encoding: str) -> None:
    file = written(tmp_path, "q.csv", PEOPLE)
    with pytest.raises(BadTable, match="unknown_encoding"):
        next(read_people(file, encoding=encoding))


def test_the_line_that_is_wrong_in_utf16(tmp_path: Path) -> None:
    file = tmp_path / "q.csv"
    file.write_bytes("full_name\nAnna\nIlze\n".encode("utf-16-le") + b"\x00\xd8\x00\xd8")
    with pytest.raises(BadTable) as caught:
        list(read_people(file, encoding="utf-16-le"))
    assert (caught.value.code, caught.value.parameters["line"]) == ("matching.file.encoding", 4)


def test_empty_lines_before_the_header(tmp_path: Path) -> None:
    file = written(tmp_path, "q.csv", "\n\r\nid;full_name\n\n1;Anna\n")
    assert [one.id for one in read_people(file)] == ["1"]


def test_columns_that_mean_nothing_may_be_there_twice_and_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    queries = written(tmp_path, "q.csv", "id,Name,d.o.b.,note,note\n1,Anna Berzina,1990-05-17,x,y\n")
    header = header_of(queries)
    assert header.read == {"id": "id", "full_name": "Name"}
    assert header.ignored == ("d.o.b.", "note", "note")
    assert asked(tmp_path, queries) == 0
    assert "q.csv: reads id, Name as full_name; not used: d.o.b., note, note" in capsys.readouterr().err
    assert asked(tmp_path, queries, "--quiet") == 0
    assert capsys.readouterr().err == ""


def test_parquet_dates_beyond_python_and_structures_in_lists(tmp_path: Path) -> None:
    born = pa.array([-800_000, 3_000_000, (date(1990, 5, 17) - date(1970, 1, 1)).days], pa.date32())
    pq.write_table(pa.table({"full_name": ["Anna"] * 3, "dob": born}), tmp_path / "q.parquet")
    assert [one.birth_dates for one in read_people(tmp_path / "q.parquet")][2] == ("1990-05-17",)
    pq.write_table(pa.table({"full_name": [[{"given": "Anna"}]]}), tmp_path / "s.parquet")
    with pytest.raises(BadTable, match="column_type"):
        next(read_people(tmp_path / "s.parquet"))


# --- what is written --------------------------------------------------------------------------------------------------

ODD_IDS = ["a\rb", "a\nb", "a\r\nb", '"q"', "x,y", " led", "=1+1", "z" * 1_500_000, "a\0b", "\u202eb"]


@pytest.mark.parametrize("out", ["out.csv", "out.parquet"])
def test_any_id_comes_back_as_it_was(tmp_path: Path, out: str) -> None:
    queries = tmp_path / "q.parquet"
    pq.write_table(pa.table({"id": ODD_IDS, "full_name": ["Anna Berzina"] * len(ODD_IDS)}), queries)
    assert asked(tmp_path, queries, "--top", "1", out=out) == 0
    read = pq.read_table(tmp_path / out).to_pylist() if out.endswith("parquet") else rows(tmp_path / out)
    assert [row["query_id"] for row in read] == [one.strip() for one in ODD_IDS]
    assert {row["candidate_id"] for row in read} == {"a"}


def test_a_query_without_candidates_says_why_in_words(tmp_path: Path) -> None:
    queries = written(tmp_path, "q.csv", "id,full_name\n1,A\n2,Anna Berzina\n3,Xochitl Quetzal\n")
    assert asked(tmp_path, queries, "--floor", "1", "--language", "lv") == 0
    told = {row["query_id"]: row["explanation"] for row in rows(tmp_path / "out.csv")}
    assert len(told) == 3
    assert told["1"].startswith("query_too_thin matching.name_too_short: viens burts ")
    assert told["2"].startswith("no_candidate matching.below_floor matching.no_birth_date: kandidāti ir, ")
    assert told["3"].startswith("no_candidate matching.nobody_near_enough matching.no_birth_date: neviens ")
    assert all(len(pair) == 2 and all(pair) for pair in (*SENTENCES.values(), NOT_WHOLE))


def test_an_incomplete_index_is_told_in_each_row(tmp_path: Path) -> None:
    index = MatchIndex.in_memory(crowd(5))
    index.mark_incomplete("matching.index.incomplete")
    match_file(written(tmp_path, "q.csv", "id,full_name\n1,Xochitl Quetzal\n"), index, tmp_path / "o.csv")
    assert rows(tmp_path / "o.csv")[0]["explanation"].startswith("index_incomplete matching.index.incomplete ")
    assert NOT_WHOLE[0] in rows(tmp_path / "o.csv")[0]["explanation"]


# --- runs that meet, stop and go on -----------------------------------------------------------------------------------


def questions(folder: Path, count: int) -> Path:
    lines = [f"{one.id},{one.names[0].written},{one.birth_dates[0]}\n" for one in crowd(count)]
    return written(folder, "q.csv", "id,full_name,dob\n" + "".join(lines))


def test_two_runs_do_not_write_one_output(tmp_path: Path) -> None:
    queries, index = questions(tmp_path, 20), MatchIndex.in_memory(crowd(20))
    with (tmp_path / "o.csv.part").open("wb") as other:
        other.write(b"of the other run")
        other.flush()
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(OtherRun) as caught:
            match_file(queries, index, tmp_path / "o.csv", resume=False)
    assert caught.value.code == "matching.run.busy"
    assert (tmp_path / "o.csv.part").read_bytes() == b"of the other run"
    assert match_file(queries, index, tmp_path / "o.csv") == 20


def test_a_file_that_cannot_be_read_leaves_nothing_beside_the_output(tmp_path: Path) -> None:
    queries = written(tmp_path, "q.csv", "id,full_name\n1\n")
    with pytest.raises(BadTable):
        match_file(queries, MatchIndex.in_memory(crowd(3)), tmp_path / "o.csv")
    assert [one.name for one in tmp_path.iterdir()] == ["q.csv"]


def test_an_index_built_anew_is_another_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "BLOCK", 5)
    queries, index = questions(tmp_path, 20), MatchIndex.create(tmp_path / "index")
    index.rebuild(crowd(20))

    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        match_file(queries, index, tmp_path / "o.csv", progress=stop)
    index.rebuild(crowd(20, seed=99))
    with pytest.raises(OtherRun) as caught:
        match_file(queries, index, tmp_path / "o.csv")
    assert caught.value.parameters["changed"] == "index"


def test_interrupted_from_the_keyboard_and_gone_on_with(tmp_path: Path) -> None:
    queries = questions(tmp_path, 1500)
    index = tmp_path / "index"
    MatchIndex.create(index).rebuild(crowd(300))
    command = [sys.executable, "-m", "somec.cli.main", "match", str(queries), "--against", str(index), "--out"]
    running = subprocess.Popen([*command, str(tmp_path / "o.csv")], start_new_session=True, stderr=subprocess.PIPE)
    until = time.monotonic() + 60
    while not (tmp_path / "o.csv.state").exists() and time.monotonic() < until:
        time.sleep(0.01)
    os.killpg(running.pid, signal.SIGINT)  # as the terminal does: the workers get it too
    _, told = running.communicate(timeout=60)
    assert running.returncode == 130, told
    assert b"Traceback" not in told
    done = json.loads((tmp_path / "o.csv.state").read_text())["done"]
    assert 0 < done < 1500
    assert main([*command[3:], str(tmp_path / "o.csv")]) == 0
    assert main([*command[3:], str(tmp_path / "whole.csv"), "--processes", "1"]) == 0
    assert (tmp_path / "o.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()


LIMITED = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
from somec.cli.main import main
sys.exit(main(sys.argv[2:]))
"""


@pytest.mark.parametrize("form", ["csv", "parquet", "dedupe", "rebuild", "transparency"])
def test_a_full_disk_is_told_and_what_stood_there_stays(tmp_path: Path, form: str) -> None:
    queries, out = questions(tmp_path, 400), tmp_path / f"o.{'parquet' if form == 'parquet' else 'csv'}"
    people = written(tmp_path, "p.csv", PEOPLE)
    out.write_text("what stood there", encoding="utf-8")
    command = {
        "dedupe": ["dedupe", str(queries)],
        "rebuild": ["rebuild", str(queries), "--against", str(tmp_path / "index")],
        "transparency": ["transparency"],
    }.get(form, [str(queries), "--index", str(people)])
    if form == "rebuild":
        assert main(["match", "rebuild", str(people), "--against", str(tmp_path / "index")]) == 0
    else:
        command += ["--out", str(out)]
    limit = {"csv": "20000", "parquet": "20000", "rebuild": "20000"}.get(form, "700")
    full = subprocess.run(
        [sys.executable, "-c", LIMITED, limit, "match", *command], check=False, capture_output=True,
        env={**os.environ, "SOMEC_MATCHING_KERNEL": "python"},
    )  # fmt: skip
    assert (full.returncode, b"not_written" in full.stderr, b"Traceback" in full.stderr) == (1, True, False), full
    assert out.read_text(encoding="utf-8") == "what stood there"
    if form == "rebuild":
        assert len(MatchIndex.open(tmp_path / "index")) == 3
    assert main(["match", *command]) == 0
    assert form == "rebuild" or out.stat().st_size > 100


# --- options ----------------------------------------------------------------------------------------------------------


def test_wrong_options_are_refused_with_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    queries = questions(tmp_path, 3)
    for prior in ("0", "1", "nan"):
        assert asked(tmp_path, queries, "--prior", prior) == 2
        assert "--prior must be" in capsys.readouterr().err
    assert asked(tmp_path, queries, "--against", str(tmp_path)) == 2
    assert "name one" in capsys.readouterr().err
    assert main(["match", "dedup", str(queries), "--out", str(tmp_path / "o.csv")]) == 2
    assert "dedupe" in capsys.readouterr().err
    assert main(["match", "dedupe", str(queries), "--out", str(tmp_path / "o.csv"), "--top", "3"]) == 0
    assert "--top: not used here" in capsys.readouterr().err


def test_every_refusal_has_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    queries = questions(tmp_path, 3)
    assert asked(tmp_path, queries, "--model", str(queries)) == 1
    assert "somec match train" in capsys.readouterr().err
    assert main(["match", "train", str(queries), "--out", str(tmp_path / "m.json")]) == 1
    assert "too few" in capsys.readouterr().err


def test_a_file_never_becomes_the_index_of_a_node(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    queries = questions(tmp_path, 3)
    (tmp_path / "match-index").mkdir()
    (tmp_path / "match-index" / "database.json").write_text("{}", encoding="utf-8")
    for against in ([], ["--against", "node"], ["--against", str(tmp_path / "match-index")]):
        assert main(["match", "rebuild", str(queries), *against]) == 2
        assert "name the folder" in capsys.readouterr().err


def test_a_cluster_that_fails_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyspark", reason="the extra `spark` is not installed")
    from py4j.protocol import Py4JError
    from pyspark.sql import SparkSession

    from somec.persons.matching.spark import spark_answers

    def broken(_: object) -> None:
        raise Py4JError("no Java here")

    monkeypatch.setattr(SparkSession.Builder, "getOrCreate", broken)
    index = MatchIndex.create(tmp_path / "index")
    with pytest.raises(WorkerLost, match=r"matching\.spark\.failed"):
        match_file(questions(tmp_path, 3), index, tmp_path / "o.csv", engine=spark_answers)
    with pytest.raises(IndexStorage):
        match_file(questions(tmp_path, 3), index, tmp_path / "none" / "o.csv", engine=spark_answers)
