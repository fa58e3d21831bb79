"""The table of equivalent names answers as the lists it was made from."""

from __future__ import annotations

import importlib.util
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from somec.persons.matching import equivalence
from somec.persons.matching.equivalence import equivalents, table_of
from somec.persons.matching.errors import IndexDamaged

SCRIPT = Path(__file__).resolve().parents[3] / "scripts" / "name_equivalents.py"


def test_words_answer_as_the_lists_of_rigour_do() -> None:
    pytest.importorskip("rigour", reason="rigour, from which the table is made, is not installed")
    specification = importlib.util.spec_from_file_location("name_equivalents", SCRIPT)
    assert specification is not None
    assert specification.loader is not None
    script = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(script)
    listed = sorted({word for text in script._lists() for form in script._forms(text) for word in script.words(form)})
    assert len(listed) > 500_000
    asked = random.Random(7).sample(listed, 4000)  # noqa: S311 - a sample
    assert sum(equivalents(word) != ((), ()) for word in asked) > 3500
    assert [word for word in asked if equivalents(word) != script.said(word)] == []
    changed = [word[:-1] + "ae" for word in asked]
    assert [word for word in changed if equivalents(word) != script.said(word)] == []


def test_vowel_signs_and_other_marks_that_stand_apart_do_not_count() -> None:
    assert equivalents("نُور") == equivalents("نور") != ((), ())


@given(st.dictionaries(st.text(min_size=1), st.tuples(*[st.lists(st.integers(0, 2**32 - 1)).map(tuple)] * 2)))
def test_any_table_answers_as_it_was_told(tmp_path_factory: pytest.TempPathFactory, known: dict) -> None:
    file = tmp_path_factory.mktemp("table") / "table"
    told = {}
    for word, said in known.items():
        told.setdefault(equivalence.key_of(word), (word, said))
    file.write_bytes(table_of(dict(told.values())))
    table = equivalence._opened(file)
    assert all(table.find(word) == said for word, said in told.values())
    assert table.find("nobody is called so") == ((), ())


@pytest.mark.parametrize("content", [b"", b"abc", b"\0" * 400, table_of({"a": ((1,), ())})[:-4]])
def test_a_damaged_table_is_not_read(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "table").write_bytes(content)
    with pytest.raises(IndexDamaged):
        equivalence._opened(tmp_path / "table")
