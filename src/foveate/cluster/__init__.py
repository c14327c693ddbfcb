"""Foveate on a Ray cluster, which is an extra."""
