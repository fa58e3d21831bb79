"""Tables of merged files: which file was found to be the person of which other, who decided it, and who undid it.

A merge is a dated link and never a rewriting: see ``docs/explanation/duplicates.md``.
"""
