"""Migrations of the node itself."""
