"""Three nodes on one machine, each a process of its own with its own folder, keys, people and database."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import somec
from somec.kernel.clock import TRAINING_CLOCK_VARIABLE
from somec.simulation.cast import COUNTRIES, Country

READY_SECONDS = 60.0
STOP_SECONDS = 15.0
MARK = "prepared.json"
TABLES_MARK = "tables.txt"


@dataclass
class RunningNode:
    """One node: where it lives, how it is reached, and its process while it runs."""

    country: Country
    folder: Path
    web_port: int
    exchange_port: int
    clock_file: Path
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def address(self) -> str:
        """Return where officers reach the node."""
        return f"http://127.0.0.1:{self.web_port}"

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment of every process of this node."""
        return {**os.environ, "SOMEC_NODE": str(self.folder), TRAINING_CLOCK_VARIABLE: str(self.clock_file)}

    @property
    def prepared(self) -> dict[str, str]:
        """Return what preparation left behind: ids of people by key, tokens of the story's parts."""
        found: dict[str, str] = json.loads((self.folder / MARK).read_text(encoding="utf-8"))
        return found

    def run(self, *arguments: str, text: str | None = None) -> str:
        """Run one ``somec`` command for this node to its end; raises CalledProcessError with its output."""
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-m", "somec.cli.main", *arguments], env=self.environment, input=text, text=True,
            capture_output=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise subprocess.CalledProcessError(done.returncode, arguments, done.stdout, done.stderr)
        return done.stdout

    def stands_elsewhere(self) -> bool:
        """Tell whether the node was made for other ports; its peers know it by the ones it was made for."""
        file = self.folder / "somec.toml"
        if not (self.folder / MARK).exists() or not file.exists():
            return False
        made = tomllib.loads(file.read_text(encoding="utf-8"))
        ports = [str(made.get(key, "")).rpartition(":")[2] for key in ("web_address", "exchange_address")]
        return ports != [str(self.web_port), str(self.exchange_port)]

    def tables_fit(self) -> bool:
        """Tell whether the node's tables are those of this program, as far as the demonstration has noted."""
        mark = self.folder / TABLES_MARK
        return mark.exists() and mark.read_text(encoding="utf-8") == known_tables()

    def bring_up_to_date(self) -> None:
        """Bring the tables of a node that an older program made to those of this one."""
        self.run("init", "--folder", str(self.folder), "--upgrade")
        self.note_tables()

    def note_tables(self) -> None:
        """Note that the tables are those of this program; cheaper to read than to ask the database each time."""
        (self.folder / TABLES_MARK).write_text(known_tables(), encoding="utf-8")

    def start(self) -> None:
        """Start the node's process; its log goes to ``node.log`` in its folder."""
        with (self.folder / "node.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "somec.cli.main", "serve"], env=self.environment, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip

    def ready(self) -> bool:
        """Tell whether the node answers a browser."""
        try:
            with urllib.request.urlopen(f"{self.address}/account/login/", timeout=5) as answer:  # noqa: S310 - loopback
                return bool(answer.status == 200)  # noqa: PLR2004 - HTTP OK
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def stop(self) -> None:
        """Ask the node to end, and wait until it has finished what it began."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None


def known_tables() -> str:
    """Return the names of all steps that have made this program's tables."""
    parts = Path(somec.__file__).parent
    return "\n".join(sorted(str(file.relative_to(parts)) for file in parts.rglob("migrations/[0-9]*.py")))


def lay_out(folder: Path, first_port: int) -> list[RunningNode]:
    """Return the three nodes below ``folder``, each with two ports counted from ``first_port``."""
    return [
        RunningNode(
            country=country, folder=folder / country.state.lower(), web_port=first_port + 1 + number,
            exchange_port=first_port + 11 + number, clock_file=folder / "clock",
        )
        for number, country in enumerate(COUNTRIES)
    ]  # fmt: skip


def ports_in_use(nodes: list[RunningNode], *others: int) -> list[int]:
    """Return the ports that somebody else holds already."""
    taken = []
    for port in [*others, *(port for node in nodes for port in (node.web_port, node.exchange_port))]:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                taken.append(port)
    return taken


def wait_until_ready(nodes: list[RunningNode]) -> None:
    """Wait until every node answers; raises RuntimeError naming the one that does not, with the end of its log."""
    ends = time.monotonic() + READY_SECONDS
    for node in nodes:
        while not node.ready():
            gone = node.process is not None and node.process.poll() is not None
            if gone or time.monotonic() > ends:
                log = (node.folder / "node.log").read_text(encoding="utf-8", errors="replace")[-2000:]
                message = f"the node of {node.country.name} did not start; its log ends:\n{log}"
                raise RuntimeError(message)
            time.sleep(0.1)
