"""The index and real processes: killed at any point, two at once, an older copy of the database put back."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest

from exchange.nodes import RealNode

ADDRESS = os.environ.get("SOMEC_DATABASE_URL", "")
ON_POSTGRESQL = ADDRESS.startswith("postgres")
pytestmark = [pytest.mark.processes, pytest.mark.slow]

# Everything a script needs: people of one surname each, the question, and what is still to be done.
COMMON = """
import json, os, signal, sys
import django
django.setup()
from types import SimpleNamespace
from factories import contact_point, new_person, officer
from somec.persons import actions, indexing, models, queries
from somec.persons.messages import Name
from somec.persons.search import PersonSearch, SearchName

def record(family):
    person = new_person(names=(Name(family=family, given='Zane'),), documents=())
    return actions.record_person(actor=officer(), person=person)

def ask(family):
    query = PersonSearch(names=(SearchName(full=f'Zane {family}'),))
    return queries.search_people(contact_point(), query, purpose='answer_enquiry')

def found(family):
    answer = ask(family)
    return [one.person_id for one in answer.candidates if any(family in side for s in one.sides for side in s.filed)]

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
"""
STATE = """
answer = ask(sys.argv[1])
print(json.dumps({
  'found': found(sys.argv[1]), 'people': answer.people, 'outcome': answer.outcome.value,
  'waiting': models.IndexChange.objects.count(),
}))
"""
KILLED = """
record('Kalniņa'); found('Kalniņa')
place, family = sys.argv[1:]
record(family)
if place == 'before the folder knows': indexing._write = die
if place == 'before the index has it': indexing._put = die
if place == 'between the index and the database': indexing.transaction = SimpleNamespace(atomic=die)
if place == 'within the deletion': indexing.clock = SimpleNamespace(now=die)
found(family)
"""
ROLLED_BACK = """
from django.db import transaction
record('Kalniņa'); found('Kalniņa')
with transaction.atomic():
    record('Ozoliņa')
    assert found('Ozoliņa')
    die()
"""
MANY = """
for number in range(12):
    family = f'{sys.argv[1]}{chr(97 + number)}ja'
    person = record(family)
    assert found(family) == [person], family
print(json.dumps({}))
"""


@pytest.fixture
def node(tmp_path: Path) -> Iterator[RealNode]:
    settings = {"DJANGO_SETTINGS_MODULE": "somec.node.settings"}
    if not ON_POSTGRESQL:
        yield RealNode.found(tmp_path / "LV", "LV", environment={"SOMEC_DATABASE_URL": "", **settings})
        return
    import psycopg

    name = f"somec_index_{os.getpid()}"
    with psycopg.connect(ADDRESS, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        address = urlunsplit(urlsplit(ADDRESS)._replace(path=f"/{name}"))
        yield RealNode.found(tmp_path / "LV", "LV", environment={"SOMEC_DATABASE_URL": address, **settings})
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def started(node: RealNode, script: str, *arguments: str) -> subprocess.Popen[str]:
    environment = {**node.env(), "SOMEC_MATCHING_KERNEL": "python"}
    return subprocess.Popen(
        [sys.executable, "-c", COMMON + script, *arguments], env=environment, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def told(node: RealNode, script: str, *arguments: str) -> Any:
    process = started(node, script, *arguments)
    out, err = process.communicate(timeout=240)
    assert process.returncode == 0, err[-3000:]
    return json.loads(out.splitlines()[-1])


def killed(node: RealNode, script: str, *arguments: str) -> None:
    process = started(node, script, *arguments)
    err = process.communicate(timeout=240)[1]
    assert process.returncode == -signal.SIGKILL, err[-3000:]


def test_a_process_killed_while_it_takes_changes_loses_none(node: RealNode) -> None:
    places = (
        "before the folder knows",
        "before the index has it",
        "between the index and the database",
        "within the deletion",
    )
    for number, place in enumerate(places, start=1):
        family = f"Ozol{'abcd'[number - 1]}ja"
        killed(node, KILLED, place, family)
        state = told(node, STATE, family)
        assert (len(state["found"]), state["people"], state["waiting"]) == (1, 2 * number, 0), place
        assert state["outcome"] != "index_incomplete"


def test_a_process_killed_inside_a_transaction_leaves_nobody_who_is_not_there(node: RealNode) -> None:
    killed(node, ROLLED_BACK)
    state = told(node, STATE, "Ozoliņa")
    assert (state["found"], state["people"], state["waiting"]) == ([], 1, 0)


def test_two_processes_write_and_ask_at_once_and_each_finds_its_own_in_the_next_question(node: RealNode) -> None:
    processes = [started(node, MANY, name) for name in ("Kaln", "Ozol")]
    for process in processes:
        err = process.communicate(timeout=240)[1]
        assert process.returncode == 0, err[-3000:]
    state = told(node, STATE, "Kalnaja")
    assert (state["people"], state["waiting"]) == (24, 0)


@pytest.mark.skipif(ON_POSTGRESQL, reason="copies the database's file")
def test_a_database_put_back_from_an_older_copy_is_not_answered_from_the_newer_index(node: RealNode) -> None:
    told(node, MANY, "Kaln")
    copy = node.folder / "older.sqlite3"
    told(
        node,
        "from django.db import connection\nconnection.cursor().execute('VACUUM INTO %s', [sys.argv[1]])\nprint('{}')",
        str(copy),
    )
    told(node, MANY, "Ozol")
    for file in node.folder.glob("somec.sqlite3*"):
        file.unlink()
    shutil.copy(copy, node.folder / "somec.sqlite3")
    state = told(node, STATE, "Ozolaja")
    assert (state["found"], state["people"], state["outcome"] != "index_incomplete") == ([], 12, True)


def test_the_commands_say_how_the_index_stands_rebuild_it_and_refuse_a_second_rebuild(node: RealNode) -> None:
    told(node, MANY, "Kaln")
    whole = node.somec("match", "status")
    assert "people in the index:   12" in whole.stdout
    assert "state:                 whole" in whole.stdout
    (node.folder / "match-index" / "database.json").write_text("{}")
    foreign = node.somec("match", "status", check=False)
    assert (foreign.returncode, "matching.index.foreign" in foreign.stdout) == (1, True)
    with (node.folder / "match-index" / "rebuild.lock").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        refused = node.somec("match", "rebuild", check=False)
        assert (refused.returncode, "another process" in refused.stderr) == (3, True)
    assert "12 people in the index" in node.somec("match", "rebuild").stdout
    assert node.somec("match", "status").returncode == 0


def test_the_worker_rebuilds_an_index_that_a_question_found_unfit_and_holds_no_engine_itself(node: RealNode) -> None:
    told(node, MANY, "Kaln")
    (node.folder / "match-index" / "index.json").write_text("{}")
    wanted = node.folder / "match-index" / "rebuild.wanted"
    wanted.touch()
    node.start()
    try:
        ends = time.monotonic() + 120
        while wanted.exists() and time.monotonic() < ends:
            time.sleep(0.2)
        assert not wanted.exists(), node.log()[-2000:]
        assert node.process is not None
        loaded = Path(f"/proc/{node.process.pid}/maps").read_text(encoding="utf-8")
        assert "llvmlite" not in loaded
        state = told(node, STATE, "Kalnaja")
        assert (len(state["found"]), state["people"]) == (1, 12)
    finally:
        node.kill()
