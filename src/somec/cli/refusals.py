"""What ``somec`` says when it cannot go on: the sentence of a code, each wrong field, the code itself.

The code stands last, in brackets, for whoever looks it up or writes a program around the command.
"""

from __future__ import annotations

from somec.kernel.errors import Invalid, SomecError

SENTENCES = {
    "access.authority": "The authority was not added.",
    "access.authority_exists": "An authority of this name exists.",
    "access.role_unknown": "There is no such role. Roles: {known}.",
    "access.second_person": "Another person than the one who proposed has to do this.",
    "access.sign_in": "E-mail or password is wrong.",
    "access.user": "The person was not added, or there is nobody with this e-mail.",
    "access.user_exists": "Somebody has this e-mail already.",
    "backup.file_exists": "{file} exists, and a backup never overwrites another. Choose a new name.",
    "backup.postgresql": "This node keeps its rows in PostgreSQL: use pg_basebackup or pg_dump.",
    "backup.unsound": "The copy of the rows is not sound; no backup was written. Look after the disk.",
    "card.own": "This is the node's own card. Give the card that the other state sent.",
    "card.format": "This is no signed card of a node.",
    "card.signature": "The card's signature does not hold: it was changed on its way. Ask for it again.",
    "config.database_url": "database_url names no database that a node can use: postgresql://… or nothing (SQLite).",
    "config.invalid": "The configuration (somec.toml) has mistakes.",
    "config.malformed": "{file} is no TOML: {why}.",
    "init.folder_missing": "Name the folder of the node: --folder, or the variable SOMEC_NODE.",
    "init.node_exists": (
        "A node stands in {folder} and stays as it is. To finish one that was interrupted, or after an upgrade of the "
        "program: somec init --upgrade."
    ),
    "init.state_and_name_missing": "Name the state (--state LV) and the node (--name).",
    "init.state_unknown": "There is no state {state}. Known: {known}.",
    "node.address_not_free": (
        "The node cannot listen on {address}: another program does, perhaps this node itself, or the address is not "
        "one of this machine."
    ),
    "node.database": "The database cannot be used: {why}.",
    "node.key_missing": "The key {file} is missing. Put it back from the backup with keys.",
    "node.key_unreadable": (
        "The key {file} cannot be read: it is damaged, or encrypted and SOMEC_KEY_PASSWORD_FILE names no file "
        "with its password."
    ),
    "node.keys_exist": (
        "Keys lie in the folder, but no configuration. If a node ran there, put somec.toml back from the backup; "
        "if none ever did, remove the folder keys."
    ),
    "node.not_found": "There is no node in {folder}. Make one (somec init) or set SOMEC_NODE to its folder.",
    "node.tables_newer": (
        "A newer release of somec worked with these tables. Run that release, or put back a backup from before."
    ),
    "node.tables_old": "The tables are those of an older release: run somec init --upgrade after a backup.",
    "password_file.encoding": "{file} is not written in UTF-8.",
    "peer.file": "The card {file} cannot be read.",
    "peer.fingerprint": "The fingerprint differs. Do not trust this card; phone the other state again.",
    "peer.since": "--since needs an instant with its zone, such as 2026-11-22T01:00:00+02:00.",
    "peer.unknown": "There is no peer {state}.",
    "verify.file": "{file} cannot be read.",
    "verify.key": "--key needs NAME=BASE64 with an Ed25519 key.",
}
MISTAKES = {
    "choice": "is none of the values that are possible",
    "clock_set_ahead": "only a training node may run with a clock that is set ahead",
    "everybody": "names everybody",
    "host_and_port": "needs host:port, with a port up to 65535",
    "https_address": "needs an https address with a host",
    "instant": "is no instant with its zone",
    "list_of_addresses": "needs a list of IP addresses or networks",
    "list_of_names": "needs a list of host names",
    "malformed": "is malformed",
    "missing": "is missing",
    "number_of_hours": "needs a whole number of hours",
    "password_entirely_numeric": "needs more than digits",
    "password_too_common": "is one that many people use",
    "password_too_short": "is too short",
    "password_too_similar": "is too much like name or e-mail",
    "positive_number": "needs a whole number above 0",
    "share": "needs a number between 0 and 1",
    "table": "needs a table",
    "text": "needs text in quotes",
    "time_zone": "is no time zone (such as Europe/Riga)",
    "true_or_false": "needs true or false, without quotes",
    "two_letters": "needs two capital letters (LV)",
    "unknown": "is not known here",
}


def told(error: SomecError) -> str:
    """Return what happened, every wrong field, and the code; a code without a sentence comes with what is known."""
    sentence = SENTENCES.get(error.code)
    known = {name: str(value) for name, value in error.parameters.items()}
    said = [sentence.format_map(known)] if sentence is not None and _complete(sentence, known) else []
    fields = error.fields if isinstance(error, Invalid) else {}
    wrong = [f"{name} {' and '.join(map(_mistake, codes))}" for name, codes in fields.items()]
    if wrong:
        said.append("; ".join(wrong) + ".")
    return f"{' '.join(said)} [{error.code}]" if said else str(error)


def _complete(sentence: str, known: dict[str, str]) -> bool:
    """Tell whether everything that the sentence names is known; half a sentence helps nobody."""
    try:
        sentence.format_map(known)
    except KeyError:
        return False
    return True


def _mistake(code: str) -> str:
    return MISTAKES.get(code, f"({code})")
