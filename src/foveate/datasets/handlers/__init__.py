"""Handlers: packages that say what becomes of a raw picture, each version in its own place."""
