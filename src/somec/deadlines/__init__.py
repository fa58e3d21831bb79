"""Statutory clocks: when something is due, counted in the calendar and time zone of the state that must act."""
