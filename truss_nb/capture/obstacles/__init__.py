"""Obstacles: what the world around the notebook has and a server lacks."""
