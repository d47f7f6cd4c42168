"""Folder: the plan on the disk, written whole or not at all."""
