"""Movement notices: told, taken, arrived or not."""
