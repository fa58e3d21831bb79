"""``somec demo``: three nodes on this machine, and the first story between them."""

from __future__ import annotations

import argparse
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import django

from somec.simulation import nodes as running
from somec.simulation.cast import PASSWORD
from somec.simulation.nodes import RunningNode

if TYPE_CHECKING:
    from somec.simulation.story import Stage


FIRST_PORT = 8700


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the sub-command."""
    command = subparsers.add_parser("demo", help="three made-up states and the first story between them")
    command.add_argument(
        "--folder", type=Path, help="where the three nodes live (default: var/demo, with other ports var/demo-PORT)"
    )
    command.add_argument(
        "--port", type=int, default=FIRST_PORT, help="first of the ports used (the page with the story)"
    )
    command.add_argument("--story", choices=("once",), help="run the whole story without a browser, and end")
    command.add_argument("--people", type=int, default=200, help="made-up people in each node, besides the story's")
    command.add_argument("--fresh", action="store_true", help="throw the three nodes away and begin anew")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prepare what is missing, start the three nodes, and show or play the story."""
    signal.signal(signal.SIGTERM, _interrupt)
    django.setup()  # the made-up case is written with the parts' own types
    if arguments.story:
        with tempfile.TemporaryDirectory(prefix="somec-story-") as folder:
            return _with_nodes(arguments, Path(folder))
    # The nodes know their own addresses and each other's by signed card: other ports are other nodes.
    place: Path = arguments.folder or Path("var/demo" if arguments.port == FIRST_PORT else f"var/demo-{arguments.port}")
    if arguments.fresh:
        shutil.rmtree(place, ignore_errors=True)
    return _with_nodes(arguments, place.absolute())


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _with_nodes(arguments: argparse.Namespace, folder: Path) -> int:
    began = time.monotonic()
    three = running.lay_out(folder, arguments.port)
    if any(node.stands_elsewhere() for node in three):
        print(f"The nodes in {folder} were made for other ports: name those, or begin anew (FRESH=1).", file=sys.stderr)
        return 1
    taken = running.ports_in_use(three, arguments.port)
    if taken:
        free = f"make demo PORT={arguments.port + 100}"
        print(f"These ports are in use: {', '.join(map(str, taken))}. Choose others: {free}", file=sys.stderr)
        return 1
    try:
        prepare_nodes(folder, three, arguments.people)
        for node in three:
            node.start()
        running.wait_until_ready(three)
        print(f"Three nodes stand after {time.monotonic() - began:.0f} seconds.\n", flush=True)
        from somec.simulation.story import Stage  # noqa: PLC0415 - needs Django set up

        stage = Stage({node.country.state: node for node in three})
        return _once(stage) if arguments.story else _show(arguments.port, three, stage)
    except KeyboardInterrupt:
        print("\nStopping.")
        return 0
    except (RuntimeError, subprocess.CalledProcessError) as error:
        print(f"The demonstration did not start: {error}\n{getattr(error, 'stderr', '')}", file=sys.stderr)
        return 1
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave nodes behind
        with ThreadPoolExecutor() as pool:
            list(pool.map(RunningNode.stop, three))


def prepare_nodes(folder: Path, three: list[RunningNode], people: int) -> None:
    """Make the nodes anew unless all are complete; those that an older program made are brought up to date."""
    missing = [node for node in three if not (node.folder / running.MARK).exists()]
    if not missing:
        with ThreadPoolExecutor() as pool:
            list(pool.map(RunningNode.bring_up_to_date, (node for node in three if not node.tables_fit())))
        return
    print("Making three nodes: keys, tables, offices, made-up people. This takes a while the first time.", flush=True)
    for node in three:
        shutil.rmtree(node.folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    three[0].clock_file.write_text("0", encoding="ascii")
    with ThreadPoolExecutor() as pool:
        list(pool.map(_found, three))
        list(pool.map(lambda node: _fill(node, three, people), three))


def _found(node: RunningNode) -> None:
    country = node.country
    node.run(
        "init", "--folder", str(node.folder), "--state", country.state, "--name", f"Node of {country.name}",
        "--desk", country.desk, "--web", f"127.0.0.1:{node.web_port}", "--exchange", f"127.0.0.1:{node.exchange_port}",
        "--time-zone", country.time_zone, "--language", country.language, "--training",
    )  # fmt: skip
    (node.folder / "card.note").write_text(node.run("peer", "card"), encoding="utf-8")


def _fill(node: RunningNode, three: list[RunningNode], people: int) -> None:
    cards = [str(other.folder / "card.note") for other in three if other is not node]
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "somec.simulation.prepare", node.country.state, *cards, "--people", str(people)],
        env=node.environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise subprocess.CalledProcessError(done.returncode, "prepare", done.stdout, done.stderr)
    node.note_tables()


def _once(stage: Stage) -> int:
    """Play the story; print each step as it is proven, and the count at the end."""
    from somec.simulation.story import STEPS, play  # noqa: PLC0415 - needs Django set up

    passed = failed = 0
    for number, (step, proven, said) in enumerate(play(stage), 1):
        passed, failed = passed + proven, failed + (not proven)
        node = stage.nodes[step.state].country.name
        print(f"{number:2}. {'proven' if proven else 'NOT PROVEN'}: {step.title}\n    at {node}: {said}", flush=True)
    failed += len(STEPS) - passed - failed
    print(f"\n{passed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


def _show(port: int, three: list[RunningNode], stage: Stage) -> int:
    """Serve the page with the story until Ctrl-C."""
    from cheroot.wsgi import Server  # noqa: PLC0415 - only here

    from somec.simulation.landing import Landing  # noqa: PLC0415

    landing = Landing(three, stage)
    server = Server(("127.0.0.1", port), landing.answer, numthreads=4)
    server.prepare()
    threading.Thread(target=server.serve, daemon=True).start()
    print(f"The story, step by step:  http://127.0.0.1:{port}/\n")
    for node in three:
        print(f"{node.country.name:12} {node.address}/")
        for one in node.country.staff:
            print(f"    {one.email(node.country.state):28} {one.name}, {', '.join(role.value for role in one.roles)}")
    print(f"\nEverybody's password: {PASSWORD}\nCtrl-C stops everything.", flush=True)
    try:
        while all(node.process is not None and node.process.poll() is None for node in three):
            time.sleep(0.5)
    finally:
        server.stop()
    print("A node has stopped by itself; see node.log in its folder.", file=sys.stderr)
    return 1
