"""Datasets: training sets that are made once, under a name that says how, and made again alike."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from foveate.datasets.async_client import AsyncClient
    from foveate.datasets.client import Client

__all__ = ["AsyncClient", "Client"]
HOMES = {"AsyncClient": "foveate.datasets.async_client", "Client": "foveate.datasets.client"}


def __getattr__(name: str) -> object:
    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(HOMES[name]), name)
