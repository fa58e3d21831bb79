"""What needs a person now, and why."""
