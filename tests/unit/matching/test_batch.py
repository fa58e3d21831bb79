"""Files in, files out: `somec match`, its columns, its resumption, and files that are not what they should be."""

from __future__ import annotations

import csv
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from matching_sample import crowd  # type: ignore[import-not-found,unused-ignore]

from somec.cli.main import main
from somec.persons.matching import batch
from somec.persons.matching.batch import COLUMNS, match_file
from somec.persons.matching.errors import BadTable, IndexStorage, OtherRun
from somec.persons.matching.index import MatchIndex
from somec.persons.matching.tables import read_people

PEOPLE = """id,full_name,dob,sex,nationality,birthplace,document
a,Сергей Викторович Лавров;Sergey Lavrov,1950-03-21,M,RU,Москва,AB 123456;CD 99887
b,محمد بن سلمان,1985-08-31,M,SA,,
c,Anna Marija Bērziņa,1990-05-17,F,LV;LT,Rīga,
"""
QUERIES = """id,given_name,family_name,dob
1,Sergejs,Lavrovs,1950
2,Mohamad,Salman,1985-08-30
3,,,
4,Xochitl,Quetzalcoatl,1931-01-02
"""


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    people, queries = tmp_path / "people.csv", tmp_path / "queries.csv"
    people.write_text(PEOPLE, encoding="utf-8")
    queries.write_text(QUERIES, encoding="utf-8")
    return people, queries


def test_the_command_writes_the_documented_columns(
    files: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    people, queries = files
    out = tmp_path / "out.csv"
    assert main(["match", str(queries), "--index", str(people), "--out", str(out), "--top", "2"]) == 0
    found = rows(out)
    assert tuple(found[0]) == COLUMNS == ("query_id", "candidate_id", "rank", "probability", "bits", "explanation")
    first = {row["query_id"]: row for row in reversed(found)}
    assert (first["1"]["candidate_id"], first["2"]["candidate_id"], first["1"]["rank"]) == ("a", "b", "1")
    assert 0.0 < float(first["1"]["probability"]) < 1.0
    assert first["3"]["candidate_id"] == ""
    assert first["3"]["explanation"].startswith("query_too_thin matching.no_name: no name, no whole date")
    assert first["4"]["candidate_id"] == ""
    assert first["4"]["explanation"].startswith("no_candidate")
    assert "4 queries answered" in capsys.readouterr().out


def test_parquet_in_and_out(tmp_path: Path) -> None:
    people, queries, out = tmp_path / "people.parquet", tmp_path / "queries.parquet", tmp_path / "out.parquet"
    pq.write_table(
        pa.table(
            {
                "id": ["a", "b"],
                "full_name": ["Anna Bērziņa", "Jan Kowalski"],
                "dob": ["1990-05-17", None],
                "nationality": [["LV", "LT"], None],
            }
        ),
        people,
    )
    pq.write_table(pa.table({"id": [7], "name": ["Anna Berzina"], "dob": ["1990-05-17"]}), queries)
    assert main(["match", str(queries), "--index", str(people), "--out", str(out)]) == 0
    table = pq.read_table(out).to_pylist()
    assert (table[0]["query_id"], table[0]["candidate_id"], table[0]["rank"]) == ("7", "a", 1)


def test_values_are_separated_by_semicolons(files: tuple[Path, Path]) -> None:
    first = next(read_people(files[0]))
    assert [name.full for name in first.names] == ["Сергей Викторович Лавров", "Sergey Lavrov"]
    assert first.documents == ("AB 123456", "CD 99887")


def test_an_interrupted_run_goes_on_and_gives_the_same_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "BLOCK", 10)
    queries = tmp_path / "q.csv"
    queries.write_text(
        "id,full_name,dob\n" + "".join(f"{one.id},{one.names[0].written},{one.birth_dates[0]}\n" for one in crowd(60)),
        encoding="utf-8",
    )
    index = MatchIndex.in_memory(crowd(80))
    match_file(queries, index, tmp_path / "whole.csv")
    answered = 0

    def stop(count: int) -> None:
        nonlocal answered
        answered += count
        if answered >= 30:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        match_file(queries, index, tmp_path / "out.csv", progress=stop)
    assert not (tmp_path / "out.csv").exists()
    assert match_file(queries, index, tmp_path / "out.csv") == 30
    assert (tmp_path / "out.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.csv", "q.csv", "whole.csv"]


def test_a_run_with_other_options_is_refused_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "BLOCK", 5)
    queries = tmp_path / "q.csv"
    queries.write_text(
        "id,full_name,dob\n" + "".join(f"{one.id},{one.names[0].written},{one.birth_dates[0]}\n" for one in crowd(20)),
        encoding="utf-8",
    )
    index = MatchIndex.in_memory(crowd(20))

    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        match_file(queries, index, tmp_path / "out.csv", progress=stop)
    with pytest.raises(OtherRun) as caught:
        match_file(queries, index, tmp_path / "out.csv", top=1)
    assert caught.value.parameters == {"changed": "options", "done": 5}
    assert match_file(queries, index, tmp_path / "out.csv") == 15
    assert match_file(queries, index, tmp_path / "out.csv", top=1, resume=False) == 20


def test_several_processes_write_the_same_file_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "BLOCK", 10)
    queries = tmp_path / "q.csv"
    queries.write_text(
        "id,full_name,dob\n" + "".join(f"{one.id},{one.names[0].written},{one.birth_dates[0]}\n" for one in crowd(80)),
        encoding="utf-8",
    )
    index = MatchIndex.create(tmp_path / "index")
    index.rebuild(crowd(90))
    for processes in (1, 2):
        assert match_file(queries, index, tmp_path / f"{processes}.csv", processes=processes) == 80
    assert (tmp_path / "1.csv").read_bytes() == (tmp_path / "2.csv").read_bytes()


KILLED = """
import sys, os, signal
from pathlib import Path
from somec.persons.matching import batch
from somec.persons.matching.batch import match_file
from somec.persons.matching.index import MatchIndex
batch.BLOCK = 10
answered = 0
def stop(count):
    global answered
    answered += count
    if answered == 40:
        os.kill(os.getpid(), signal.SIGKILL)
folder = Path(sys.argv[1])
match_file(folder / "q.csv", MatchIndex.open(folder / "index"), folder / "out.csv", progress=stop, processes=1)
"""


def test_a_killed_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    (tmp_path / "q.csv").write_text(
        "id,full_name,dob\n" + "".join(f"{one.id},{one.names[0].written},{one.birth_dates[0]}\n" for one in crowd(70)),
        encoding="utf-8",
    )
    index = MatchIndex.create(tmp_path / "index")
    index.rebuild(crowd(75))
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert not (tmp_path / "out.csv").exists()
    assert match_file(tmp_path / "q.csv", index, tmp_path / "out.csv") == 30
    match_file(tmp_path / "q.csv", index, tmp_path / "whole.csv")
    assert (tmp_path / "out.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()


def test_a_date_that_is_none_is_told_and_the_name_still_counts(tmp_path: Path) -> None:
    (tmp_path / "q.csv").write_text(
        f"id,name,dob\n1,{crowd(1)[0].names[0].written},around Easter\n2,,nonsense\n3,Anna,1990-05-17 12:30:00+02\n",
        encoding="utf-8",
    )
    match_file(tmp_path / "q.csv", MatchIndex.in_memory(crowd(30)), tmp_path / "out.csv")
    told = {row["query_id"]: row["explanation"] for row in rows(tmp_path / "out.csv")}
    assert told["1"].startswith("date of birth not understood; ")
    assert told["2"].startswith("query_too_thin matching.no_name: ")
    assert told["2"].endswith("; date of birth not understood")
    assert "not understood" not in told["3"]


BAD = [
    ("Baltic Windows encoding", "id,full_name\n1,Anna\n2,Bērziņa\n".encode("cp1257"), "matching.file.encoding"),
    ("zero byte inside", b"id,full_name\n1,An\0na\n", "matching.file.not_text"),
    ("nothing but a line end", b"\n", "matching.file.empty"),
    ("no name column", b"id,dob\n1,1980\n", "matching.file.no_name_column"),
    ("wrong encoding", "id,full_name\n1,Müller\n".encode("latin-1"), "matching.file.encoding"),
    ("empty", b"", "matching.file.empty"),
    ("a row too short", b"id,full_name,dob\n1,Anna\n", "matching.file.row_length"),
    ("open quote", b'id,full_name\n1,"Anna\n', "matching.file.malformed"),
    ("column twice", b"full_name,full_name\nA,B\n", "matching.file.columns_twice"),
    ("zero bytes", b"\0\0\0\0\n", "matching.file.not_text"),
]


@pytest.mark.parametrize(("content", "code"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_bad_file_is_a_clear_error(tmp_path: Path, content: bytes, code: str) -> None:
    file = tmp_path / "bad.csv"
    file.write_bytes(content)
    with pytest.raises(BadTable) as caught:
        list(read_people(file))
    assert caught.value.code == code


def test_the_line_of_what_is_wrong_is_told(tmp_path: Path) -> None:
    file = tmp_path / "p.csv"
    file.write_bytes('full_name\n"Anna\nMarija"\nPēteris\n'.encode() + "Bērziņš\n".encode("cp1257"))
    with pytest.raises(BadTable) as caught:
        list(read_people(file))
    assert (caught.value.code, caught.value.parameters["line"]) == ("matching.file.encoding", 5)
    assert [one.names[0].written for one in read_people(file, encoding="cp1257")][-1] == "Bērziņš"
    with pytest.raises(BadTable, match="unknown_encoding"):
        list(read_people(file, encoding="klingon"))


@pytest.mark.parametrize(
    "header", ["\ufeffFull Name,DOB", "full-name;dob", "FULL_NAME\tDate of Birth", "Name | dob", "full_name,dob,,"]
)
def test_columns_are_known_in_other_writings(tmp_path: Path, header: str) -> None:
    file = tmp_path / "p.csv"
    delimiter = next(mark for mark in ",;\t|" if mark in header)
    file.write_text(
        f"{header}\nAnna Ozola{delimiter}1990-05-17{delimiter * 2 * header.count(',,')}\n\n", encoding="utf-8"
    )
    (one,) = read_people(file)
    assert (one.id, one.names[0].full, one.birth_dates) == ("1", "Anna Ozola", ("1990-05-17",))


def test_parquet_of_other_types(tmp_path: Path) -> None:
    born = datetime(1990, 5, 17, 22, 30, tzinfo=UTC)
    columns = {
        "id": pa.array([1.0, 2.0]),
        "name": pa.array(["Anna", "Anna"]).dictionary_encode(),
        "dob": pa.array([born, None], pa.timestamp("ns", "UTC")),
        "document": pa.array([[12345, 678], None]),
        "sex": pa.array([2, None], pa.int8()),
    }
    pq.write_table(pa.table(columns), tmp_path / "p.parquet")
    one, other = read_people(tmp_path / "p.parquet")
    assert (one.id, one.birth_dates, one.documents, one.sex) == ("1", ("1990-05-17",), ("12345", "678"), "2")
    assert (other.id, other.names[0].full, other.birth_dates) == ("2", "Anna", ())
    days = pa.table({"full_name": ["Anna"], "dob": pa.array([born.date()], pa.date32())})
    pq.write_table(days, tmp_path / "d.parquet")
    assert next(read_people(tmp_path / "d.parquet")).birth_dates == ("1990-05-17",)
    pq.write_table(pa.table({"full_name": [{"given": "Anna"}]}), tmp_path / "s.parquet")
    with pytest.raises(BadTable, match="column_type"):
        next(read_people(tmp_path / "s.parquet"))


def test_a_parquet_that_is_none_and_a_missing_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(BadTable):
        list(read_people(tmp_path / "x.parquet"))
    out = ["--out", str(tmp_path / "o.csv")]
    assert main(["match", str(tmp_path / "none.csv"), "--index", str(tmp_path / "x.parquet"), *out]) == 1
    assert "matching.file.missing" in capsys.readouterr().err
    (tmp_path / "q.csv").write_text("full_name\nAnna\n", encoding="utf-8")
    assert main(["match", str(tmp_path / "q.csv"), "--index", str(tmp_path / "x.parquet"), *out]) == 1
    assert "matching.file.unreadable" in capsys.readouterr().err


def test_wrong_use_is_told(capsys: pytest.CaptureFixture[str], files: tuple[Path, Path], tmp_path: Path) -> None:
    people, queries = files
    assert main(["match", str(queries), "--index", str(people)]) == 2
    assert main(["match", "dedupe"]) == 2
    assert main(["match", str(queries), "--index", str(people), "--out", str(tmp_path / "o"), "--top", "0"]) == 2
    asked = ["match", str(queries), "--index", str(people), "--out"]
    for wrong in (
        [str(tmp_path / "none" / "o")],
        [str(tmp_path)],
        [str(queries)],
        [str(people)],
        [str(tmp_path / "o"), "--prior", "2"],
        [str(tmp_path / "o"), "--processes", "0"],
    ):
        assert main([*asked, *wrong]) == 2, wrong
    assert queries.read_text(encoding="utf-8") == QUERIES
    assert main(["match", str(queries), "--against", str(tmp_path / "nowhere"), "--out", str(tmp_path / "o")]) == 1
    assert "matching.index.missing" in capsys.readouterr().err


def test_output_that_cannot_be_written(files: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(IndexStorage):
        match_file(files[1], MatchIndex.in_memory(crowd(3)), tmp_path / "no" / "folder" / "out.csv")


def test_an_index_folder_serves_the_command(files: tuple[Path, Path], tmp_path: Path) -> None:
    people, queries = files
    folder, out = tmp_path / "index", tmp_path / "out.csv"
    assert main(["match", "rebuild", str(people), "--against", str(folder)]) == 0
    assert (
        main(["match", str(queries), "--against", str(folder), "--out", str(out), "--language", "lv", "--prior", "0.5"])
        == 0
    )
    assert rows(out)[0]["candidate_id"] == "a"
    assert "kandidātam" in rows(out)[0]["explanation"] or "viena" in rows(out)[0]["explanation"]


BAD_QUERIES = [
    "A",
    "",
    "x" * 10_000,
    "\u202e\u2066\u2069",
    "Ивaнoв\u0301",
    "%%%",
    "1234567890",
    "\U0001f600 \U0001f600",
    "a b c d e f g h i j k l m n o p q r s t u v w",
    "null",
    "-",
    "ААААААААААААА",
    "ـ" * 40,
]


@pytest.mark.parametrize("name", BAD_QUERIES, ids=range(len(BAD_QUERIES)))
@pytest.mark.parametrize("born", ["", "1990-02-31", "99999", "0000-00-00", "31/31/1990"])
def test_no_query_breaks_a_search(name: str, born: str) -> None:
    from matching_sample import person, town

    answer = town().search(person("q", name, born))
    assert answer.outcome
    assert all(0.0 < one.probability < 1.0 for one in answer.candidates)


def test_dedupe_groups_rows_and_keeps_ids(tmp_path: Path) -> None:
    file, out = tmp_path / "p.csv", tmp_path / "d.csv"
    lines = ["id,full_name,dob,sex"] + [
        f"{one.id},{one.names[0].written},{one.birth_dates[0]},{one.sex}" for one in crowd(200)
    ]
    lines += [
        "x1,Zigmunds Ozoliņš,1977-07-07,M",
        "x2,OZOLINS Zigmunds,1977-07-07,M",
        "x3,Зигмундс Озолиньш,1977-07-08,M",
        "y,Zigmunds Priede,1955-01-30,M",
    ]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert main(["match", "dedupe", str(file), "--out", str(out)]) == 0
    cluster = {row["id"]: row["cluster_id"] for row in rows(out)}
    assert len(cluster) == 204
    assert cluster["x1"] == cluster["x2"] == cluster["x3"] == "x1"
    assert cluster["y"] == "y"
    assert len(set(cluster.values())) > 150


def test_dedupe_of_an_empty_file(tmp_path: Path) -> None:
    file = tmp_path / "p.csv"
    file.write_text("id,full_name\n", encoding="utf-8")
    assert main(["match", "dedupe", str(file), "--out", str(tmp_path / "d.parquet")]) == 0
    assert pq.read_table(tmp_path / "d.parquet").num_rows == 0


def test_two_people_whose_rows_share_an_id_are_two_clusters(tmp_path: Path) -> None:
    file, out = tmp_path / "p.csv", tmp_path / "d.csv"
    anna, pauls = "Anna Kalna,1980-02-03", "Pauls Ozols,1990-05-06"
    file.write_text(
        f"id,full_name,dob\na,{anna}\na,{pauls}\nb,{anna}\na (2),Zane Priede,1955-01-30\nc,{pauls}\n", "utf-8"
    )
    assert main(["match", "dedupe", str(file), "--out", str(out)]) == 0
    assert [(row["id"], row["cluster_id"]) for row in rows(out)] == [
        ("a", "a"), ("a", "a (3)"), ("b", "a"), ("a (2)", "a (2)"), ("c", "a (3)"),
    ]  # fmt: skip


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_an_id_with_a_lone_carriage_return_survives_dedupe(tmp_path: Path, ending: str) -> None:
    file, out = tmp_path / "p.csv", tmp_path / f"d.{ending}"
    file.write_bytes(b'id,full_name,dob\n"x\ry",Anna Kalna,1980-02-03\nz,Pauls Ozols,1990-05-06\n')
    assert main(["match", "dedupe", str(file), "--out", str(out)]) == 0
    found = pq.read_table(out).to_pylist() if ending == "parquet" else rows(out)
    assert [(row["id"], row["cluster_id"], float(row["probability"])) for row in found] == [
        ("x\ry", "x\ry", 0.0), ("z", "z", 0.0),
    ]  # fmt: skip
