"""Pages, grouped by what they are about."""
