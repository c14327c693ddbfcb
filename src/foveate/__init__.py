"""Foveate: a self-hosted AI image service."""
