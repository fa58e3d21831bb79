"""What the source says by AST: the codes of errors that are raised, the acts that are written into the log."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[3] / "src" / "somec"
Function = ast.FunctionDef | ast.AsyncFunctionDef
Target = tuple[str, str]
Parameter = tuple[int, str]
"""Where an argument stands among the positional ones (99: nowhere), and its name."""


@cache
def modules() -> dict[str, ast.Module]:
    """Return every module of the product by its dotted name."""
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        name = ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts)
        found[name.removesuffix(".__init__")] = ast.parse(path.read_text("utf-8"))
    return found


def last_name(node: ast.expr) -> str:
    """Return ``c`` of ``a.b.c``."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def constants(node: ast.expr | None) -> set[str]:
    """Return the texts that an expression may have: a text, or either side of a condition."""
    if isinstance(node, ast.IfExp):
        return constants(node.body) | constants(node.orelse)
    return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()


@cache
def error_classes() -> frozenset[str]:
    """Return the names of SomecError and of all classes derived from it."""
    names = {"SomecError"}
    classes = [node for tree in modules().values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    while True:
        more = {one.name for one in classes if any(last_name(base) in names for base in one.bases)} - names
        if not more:
            return frozenset(names)
        names |= more


def _imports(module: str, tree: ast.Module) -> dict[str, tuple[str, str]]:
    """Return what each name in a module stands for: (module, name) of a function, (module, "") of a module."""
    known = {node.name: (module, node.name) for node in tree.body if isinstance(node, Function | ast.ClassDef)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for one in node.names:
                whole = f"{node.module}.{one.name}"
                known[one.asname or one.name] = (whole, "") if whole in modules() else (node.module, one.name)
    return known


def _target(call: ast.Call, known: dict[str, tuple[str, str]]) -> tuple[str, str] | None:
    if isinstance(call.func, ast.Name):
        return known.get(call.func.id)
    if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
        module = known.get(call.func.value.id, ("", ""))[0]
        return (module, call.func.attr)
    return None


@cache
def _calls(module: str) -> tuple[tuple[ast.Call, Function | None, Target], ...]:
    """Return each call with the function around it and what is called."""
    tree, found = modules()[module], []
    known = _imports(module, tree)
    pending: list[tuple[ast.AST, Function | None]] = [(tree, None)]
    while pending:
        node, around = pending.pop()
        if isinstance(node, Function):
            around = node
        if isinstance(node, ast.Call):
            found.append((node, around, _target(node, known) or ("", "")))
        pending.extend((child, around) for child in ast.iter_child_nodes(node))
    return tuple(found)


def _dictionary(tree: ast.Module, node: ast.expr) -> set[str]:
    """Return the texts of a module's table that an expression looks something up in."""
    table = ""
    if isinstance(node, ast.Subscript):
        table = last_name(node.value)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
        table = last_name(node.func.value)
    for one in tree.body:
        targets = one.targets if isinstance(one, ast.Assign) else [one.target] if isinstance(one, ast.AnnAssign) else []
        if table and any(last_name(target) == table for target in targets) and isinstance(one.value, ast.Dict):
            return set().union(*(constants(value) for value in one.value.values))
    return set()


def handed_to(start: Mapping[Target, Parameter]) -> tuple[dict[str, str], list[str]]:
    """Return each text that reaches a parameter of these functions, with one place; and the places that are unreadable.

    A function that hands a parameter of its own on is one of "these functions" itself, as often as that happens.
    """
    receivers, texts = dict(start), dict[str, str]()
    while True:
        before, unread = len(receivers), []
        for module, tree in modules().items():
            for call, around, target in _calls(module):
                parameter = receivers.get(target)
                argument = _argument(call, parameter) if parameter else None
                if argument is None:
                    continue
                found = constants(argument) | _dictionary(tree, argument) | _assigned(around, argument)
                own = _own_parameter(around, argument)
                if found:
                    texts.update(dict.fromkeys(found - set(texts), f"{module}:{call.lineno}"))
                elif own and around:
                    receivers[(module, around.name)] = own
                else:
                    unread.append(f"{module}:{call.lineno}")
        if len(receivers) == before:
            return texts, unread


def _argument(call: ast.Call, parameter: Parameter) -> ast.expr | None:
    place, name = parameter
    named = [one.value for one in call.keywords if one.arg == name]
    return next(iter(named or call.args[place : place + 1]), None)


def _assigned(around: Function | None, argument: ast.expr) -> set[str]:
    """Return the texts that a local variable is given in its function."""
    if around is None or not isinstance(argument, ast.Name):
        return set()
    given = [node for node in ast.walk(around) if isinstance(node, ast.Assign)]
    return {
        text
        for one in given
        if any(isinstance(target, ast.Name) and target.id == argument.id for target in one.targets)
        for text in constants(one.value)
    }


def _own_parameter(around: Function | None, argument: ast.expr) -> Parameter | None:
    if around is None or not isinstance(argument, ast.Name):
        return None
    names = [one.arg for one in (*around.args.posonlyargs, *around.args.args)]
    names = names[1:] if names[:1] in (["self"], ["cls"]) else names
    if argument.id in names:
        return names.index(argument.id), argument.id
    return (99, argument.id) if argument.id in [one.arg for one in around.args.kwonlyargs] else None


@cache
def log_acts() -> tuple[dict[str, str], list[str]]:
    """Return each act that is recorded in the log, and the places whose act cannot be read from the source."""
    return handed_to(
        {("somec.audit.actions", "record"): (99, "action"), ("somec.audit.rules", "new_entry"): (1, "action")}
    )


def error_codes() -> dict[str, str]:
    """Return each code with which an error is raised; of an AS4 error the reason, which problems keep.

    A class that fixes its code in its own constructor is read there.
    """
    codes, classes = dict[str, str](), dict[Target, Parameter]()
    for module, tree in modules().items():
        for node in tree.body:
            if not isinstance(node, ast.ClassDef) or node.name not in error_classes():
                continue
            fixed = {
                text: f"{module}:{call.lineno}"
                for call in ast.walk(node)
                if isinstance(call, ast.Call) and ast.unparse(call.func) == "super().__init__" and call.args
                for text in constants(call.args[0])
            }
            codes |= fixed
            if not fixed and node.name != "As4Error":
                classes[(module, node.name)] = (0, "code")
    return codes | handed_to({**classes, ("somec.as4.errors", "As4Error"): (1, "reason")})[0]


PARTS = ("access", "alerts", "exchange", "movements", "offenders", "persons")
_NOT_MISTAKES = {"fields", "update_fields", "ordering"}


def field_codes() -> dict[str, str]:
    """Return the codes that are given to fields: ``["missing"]`` in the rules, ``wrong("at", "notice.…")``."""
    found: dict[str, str] = {}
    for module, tree in modules().items():
        part = module.split(".")[1] if "." in module else ""
        if part not in PARTS or ".matching" in module or ".migrations" in module or module.endswith(".models"):
            continue
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        columns = {id(one.value) for call in calls for one in call.keywords if one.arg in _NOT_MISTAKES}
        for node in ast.walk(tree):
            if isinstance(node, ast.List) and len(node.elts) == 1 and id(node) not in columns:
                for code in constants(node.elts[0]):
                    if code.replace("_", "").isalpha() and code.islower():
                        found.setdefault(code, f"{module}:{node.lineno}")
        for call in calls:
            if last_name(call.func) == "wrong" and len(call.args) > 1:
                found.update(dict.fromkeys(constants(call.args[1]), f"{module}:{call.lineno}"))
    return found
