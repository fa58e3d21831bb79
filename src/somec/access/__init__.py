"""Authorities, people, roles, purposes, and the one place that decides who may see and do what."""
