"""Ids, clock, canonical JSON and errors: what every part stands on, importing nothing of ours."""
