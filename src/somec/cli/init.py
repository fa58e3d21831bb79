"""``somec init``: make a node's folder, configuration, keys and tables; or bring old tables up to date."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from somec.cli import setup
from somec.kernel.errors import Invalid, NotPossibleNow

_TEMPLATE = """# What this node is; read when it starts. All keys: docs/reference/configuration.md
state = {state}
name = {name}
desk = {desk}
web_address = {web_address}
web_hosts = {web_hosts}
exchange_address = {exchange_address}
endpoint = {endpoint}
time_zone = {time_zone}
language = {language}
training = {training}
second_factor = {second_factor}
client_certificates = "required"
"""


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the sub-command."""
    command = subparsers.add_parser(
        "init", help="make a node: folder, configuration, keys, tables",
        description="Makes everything a node needs below one folder. Nothing that exists is overwritten.",
    )  # fmt: skip
    command.add_argument("--folder", type=Path, help="where the node lives (default: $SOMEC_NODE)")
    command.add_argument("--state", help="code of the state, two letters (LV)")
    command.add_argument("--name", help="name of the node, as peers see it")
    command.add_argument("--desk", help="the contact point that answers for the node (default: the name)")
    command.add_argument("--web", default="127.0.0.1:8000", metavar="HOST:PORT", help="where officers reach it")
    command.add_argument("--exchange", default="127.0.0.1:8443", metavar="HOST:PORT", help="where it listens for peers")
    command.add_argument("--endpoint", metavar="URL", help="what peers call (default: https://EXCHANGE/as4)")
    command.add_argument("--time-zone", default="Europe/Brussels", help="zone of the state's capital")
    command.add_argument("--language", default="en", help="first language of the screens")
    command.add_argument("--training", action="store_true", help="a node for learning: says so on every screen")
    command.add_argument("--upgrade", action="store_true", help="only bring the tables of an existing node up to date")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Make the node and say what to do next."""
    folder = _folder(arguments)
    os.environ["SOMEC_NODE"] = str(folder)
    if not arguments.upgrade:
        _found(arguments, folder)
    elif not (folder / "somec.toml").exists():
        raise NotPossibleNow("node.not_found", folder=str(folder))
    _tables()
    print(f"The node stands in {folder}.")
    if not arguments.upgrade:
        print(f"  export SOMEC_NODE={folder}")
        print("  somec people --help     # who works with it")
        print("  somec peer card         # what other states need to know")
        print("  somec serve             # run it")
    return 0


def _folder(arguments: argparse.Namespace) -> Path:
    chosen = arguments.folder or os.environ.get("SOMEC_NODE")
    if not chosen:
        raise NotPossibleNow("init.folder_missing")
    return Path(chosen).absolute()


def _found(arguments: argparse.Namespace, folder: Path) -> None:
    """Write configuration and keys: all of it, or, where something is wrong, nothing."""
    if not arguments.state or not arguments.name:
        raise NotPossibleNow("init.state_and_name_missing")
    file = folder / "somec.toml"
    if file.exists():
        raise NotPossibleNow("init.node_exists", folder=str(folder))
    endpoint = arguments.endpoint or f"https://{arguments.exchange}/as4"
    with _all_or_nothing(folder):
        (folder / "static").mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        file.write_text(_configuration(arguments, endpoint), encoding="utf-8")
        _set_up()  # checks what was written
        _check_state(arguments.state)
        from somec.exchange import founding  # noqa: PLC0415 - the crypto library is slow to load; others do without

        founding.make_keys(folder / "keys", state=arguments.state, name=arguments.name, endpoint=endpoint)


@contextmanager
def _all_or_nothing(folder: Path) -> Iterator[None]:
    """Remove what was made when something is wrong or interrupts: half a node would hinder the next try."""
    before = {folder, *folder.rglob("*")} if folder.exists() else set()
    try:
        yield
    except BaseException:
        for made in sorted({folder, *folder.rglob("*")} - before, reverse=True):  # what lies deeper comes first
            if made.is_dir():
                made.rmdir()
            else:
                made.unlink(missing_ok=True)
        raise


def _check_state(state: str) -> None:
    """Raise Invalid for a code that the catalogue of law does not know: no peer could ever address the node."""
    from somec.catalogue import queries  # noqa: PLC0415 - reads the whole catalogue

    known = sorted(one.id for one in queries.states())
    if state not in known:
        raise Invalid("init.state_unknown", state=state, known=" ".join(known))


def _configuration(arguments: argparse.Namespace, endpoint: str) -> str:
    return _TEMPLATE.format(
        state=_quoted(arguments.state), name=_quoted(arguments.name),
        desk=_quoted(arguments.desk or arguments.name),
        web_address=_quoted(arguments.web), web_hosts=_hosts(arguments.web, endpoint),
        exchange_address=_quoted(arguments.exchange),
        endpoint=_quoted(endpoint),
        time_zone=_quoted(arguments.time_zone), language=_quoted(arguments.language),
        training=str(bool(arguments.training)).lower(),
        second_factor=_quoted("offered" if arguments.training else "required"),
    )  # fmt: skip


def _hosts(web: str, endpoint: str) -> str:
    """Return the names by which browsers may call the node: those of its two addresses, and this machine."""
    named = [web.rpartition(":")[0].strip("[]"), urlsplit(endpoint).hostname or "", "127.0.0.1", "localhost"]
    hosts = dict.fromkeys(name for name in named if name not in {"", "0.0.0.0", "::"})  # noqa: S104 - left out, not bound
    return f"[{', '.join(map(_quoted, hosts))}]"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _set_up() -> None:
    import django  # noqa: PLC0415 - reads and checks the configuration that was just written

    django.setup()


def _tables() -> None:
    from django.core.management import call_command  # noqa: PLC0415 - needs Django set up

    _set_up()
    setup.check_database()
    call_command("migrate", verbosity=0, interactive=False)
