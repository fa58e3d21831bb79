"""Find the person: the matching engine, pure Python and arrays, no database and no Django.

What other parts use (stable):

* ``records.PersonRecord(id, names, birth_dates, sex, nationalities, birthplaces, documents)`` and
  ``records.PersonName(full | given, family, patronymic, kind, script)``: what the engine is
  told and asked. Every field but ``id`` may be empty or hold several values.
* ``index.MatchIndex.open(folder)`` / ``MatchIndex.create(folder)`` / ``MatchIndex.in_memory(records)``: an index in a
  folder, shared by processes, or a throw-away one.

  * ``.put(records)``, ``.remove(ids)``: durable when they return, found or gone in the next query of every process.
  * ``.search(query, top=10, floor=0.001) -> answer.Answer``: what is known of the person in the query.
  * ``.compare(query, record) -> answer.Candidate``: the evidence between two people, with the frequencies of this
    index.
  * ``.rebuild(records, total=None, progress=None)``: build anew beside the old index and switch.
  * ``.mark_incomplete(reason)``, ``.status()``, ``.verify()``, ``len(index)``.

* ``answer.Answer(outcome, candidates, nobody, people, model, reasons)``; ``answer.Outcome`` is hit, candidate,
  no_candidate, index_incomplete or query_too_thin.
  ``answer.Candidate(id, rank, probability, bits, evidence, tied)``; ``answer.Evidence(field, direction, bits, code,
  parameters)`` with direction for, against or missing.
* ``explain.sentence(evidence, language)``: a sentence in English or Latvian; screens make their own from ``code`` and
  ``parameters`` (``explain.CODES`` lists all).
* ``pairs.compare_names(left, right)``: two names alone, without an index.
* ``cluster.duplicates(records)``, ``batch.match_file(...)``, ``training.train(...)``, ``transparency.record(model,
  figures)``.
"""
