"""Law as checked data: mechanisms, codes, states, purposes and each state's own criteria (design.md, principle 2)."""
