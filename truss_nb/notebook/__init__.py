"""Notebook: what has run in one notebook or script, its names, and what is its own."""
