"""JSON for machines: the same actions and queries as the screens."""
