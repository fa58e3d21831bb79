"""Screens for officers."""
