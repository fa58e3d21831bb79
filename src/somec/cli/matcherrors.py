"""What `somec match` says when it cannot go on: what happened, what was not lost, what to do next."""

from __future__ import annotations

from somec.kernel.errors import SomecError

SENTENCES = {
    "matching.file.missing": "There is no file {file}. Nothing was written. Check the path.",
    "matching.file.empty": "{file} is empty: it needs a header line with column names.",
    "matching.file.no_name_column": (
        "{file} has no column with names. It needs {expected}; all names that are understood stand in "
        "docs/reference/matching-files.md."
    ),
    "matching.file.columns_twice": "{file} has the column {column} twice. Rename or remove one.",
    "matching.file.column_type": "Column {column} of {file} is of type {found}: give text, a number, a date or a list.",
    "matching.file.encoding": (
        "{file} is not written in {expected} ({where}). Nothing is guessed: save it as UTF-8, or name its encoding "
        "with --encoding, or with --index-encoding where it is the file of --index (cp1257 for Baltic, cp1251 for "
        "Cyrillic Windows files, utf-16-le)."
    ),
    "matching.file.unknown_encoding": "There is no encoding {encoding}. Try utf-8, cp1257, cp1251, latin-1 or utf-16.",
    "matching.file.not_text": "{file} holds zero bytes ({where}): it is no text. Is it a spreadsheet or an archive? "
    "If it is UTF-16 without a mark, say so: --encoding utf-16-le.",
    "matching.file.row_length": (
        "Line {line} of {file} has {found} fields where the header has {expected}. Put quotes around fields that "
        "hold the delimiter, then start again."
    ),
    "matching.file.malformed": "{file} is no proper CSV after line {after_line}: {reason}. A quote may not be closed.",
    "matching.file.unreadable": "{file} cannot be read ({reason}).",
    "matching.index.missing": "There is no index there. Make one: somec match rebuild [FILE] --against FOLDER.",
    "matching.index.version": (
        "The index is of format {found}, this version reads {expected}. The people are not lost: make it anew with "
        "somec match rebuild."
    ),
    "matching.index.damaged": (
        "The index is damaged. The people in the database are not: make it anew with somec match rebuild."
    ),
    "matching.index.busy": "Another process is rebuilding this index. It stays in use as it was; wait for the other.",
    "matching.index.not_written": "The index could not be written ({reason}). The one before is as it was. Make room.",
    "matching.output.not_written": (
        "The output could not be written ({reason}). A file that stood there is as it was. Make room or choose "
        "another folder and give the same command again: queries go on where they stopped."
    ),
    "matching.run.other": (
        "An interrupted run lies beside the output, {done} queries far, but it was another one (differs: {changed}). "
        "Give the same command to go on with it, or --restart to throw it away and begin anew."
    ),
    "matching.run.busy": (
        "Another process is writing this output. Nothing was changed: wait for it, or name another --out."
    ),
    "matching.spark.failed": (
        "Spark could not do the work ({reason}). Every worker needs somec and the index folder at the same place, and "
        "memory for it. Give the same command again: queries go on where they stopped."
    ),
    "matching.model.unreadable": "The model cannot be read ({reason}). It must be one made by somec match train.",
    "matching.model.format": "The model is of a form that this version does not read. Make it anew: somec match train.",
    "matching.model.fields": "The model does not hold the numbers that it needs. Make it anew with somec match train.",
    "matching.model.digest": "The model was changed after it was made (its digest is another). Use an unchanged copy.",
    "matching.train.too_few": "{rows} rows are too few to estimate anything; {least} are the least.",
    "matching.train.not_installed": "Training needs the extra `train` (splink). Install it and give the command again.",
    "matching.train.failed": "The estimate did not come to an end ({reason}). The model before is as it was.",
    "node.not_found": (
        "There is no node here. Name its folder in SOMEC_NODE; or name an index with --against FOLDER, or a file of "
        "people with --index FILE, which need no node."
    ),
    "matching.worker.lost": "A process ended before its work was done, mostly for want of memory. Try --processes 1.",
    "matching.spark.not_installed": "Spark is not installed. Install the extra spark, or use --engine local.",
}


def told(error: SomecError) -> str:
    """Return the sentence of an error with its code, or the code with what is known."""
    sentence = SENTENCES.get(error.code)
    if sentence is None:
        return str(error)
    known = {name: str(value) for name, value in error.parameters.items() if value is not None}
    line, found = known.get("line"), known.get("found")
    known["where"] = f"line {line}" if line else f"it looks like {found}" if found else "somewhere in it"
    return f"{sentence.format_map(_Known(known))} [{error.code}]"


class _Known(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "?"
