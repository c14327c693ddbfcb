"""The commands."""

from foveate.cli.main import main

__all__ = ["main"]
