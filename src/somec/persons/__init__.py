"""People: identities, names, documents, and what is missing to recognise them.

A person file belongs to one authority of one state. What is known is kept as *statements*, each with its source, as-of
date and 4x4 code (Directive (EU) 2016/680, Articles 6 and 7); two sources that disagree are two statements, never one
that was chosen. A correction keeps the old value with who, when and why. Biometric data are references to where the
originals are held, never templates. Whether two people are one is decided by a person and kept as a judgement.
"""
