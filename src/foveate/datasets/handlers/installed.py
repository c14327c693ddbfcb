"""The handlers of this machine: the one that comes with us, and those that were installed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from foveate.configuration.folder import data_folder, named_folder
from foveate.datasets.handlers.builtin.installed import BuiltIn
from foveate.datasets.handlers.environments import Environments
from foveate.datasets.handlers.limits import Limits
from foveate.datasets.handlers.sources import order_of
from foveate.errors import UnknownHandler

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from foveate.datasets.seams import Installed
    from foveate.settings import Settings


@dataclass(frozen=True, slots=True)
class InstalledHandlers:
    """All handlers that requests may name."""

    built_in: BuiltIn
    environments: Environments

    def all(self) -> list[Installed]:
        """Return all of them, by name, and the oldest version first."""
        found: list[Installed] = [self.built_in, *self.environments.all()]
        return sorted(found, key=lambda each: (each.name, order_of(each.version)))

    def broken(self) -> dict[str, str]:
        """Return what is installed and cannot be used, and why, by its folder's name."""
        return self.environments.broken()

    def of(self, name: str, version: str) -> Installed:
        """Return one; without a version the newest. Raises UnknownHandler."""
        found = [each for each in self.all() if each.name == name]
        wanted = [each for each in found if version in {each.version, ""}]
        if not wanted:
            why = self.broken().get(f"{name}-{version}", "")
            raise UnknownHandler(why or _not_there(self.all(), name, version))
        return wanted[-1]


def _not_there(known: Sequence[Installed], name: str, version: str) -> str:
    """Return which handler is not installed, and what is."""
    versions = ", ".join(each.version for each in known if each.name == name)
    if versions:
        return f"Expected a version of {name} that is installed, {versions}, got {version}."
    names = ", ".join(dict.fromkeys(each.name for each in known))
    return f"Expected a handler that is installed, {names}, got {name}."


def handlers_of(settings: Settings) -> InstalledHandlers:
    """Return the handlers that settings tell of. Raises BadSettings."""
    asked = settings.datasets
    limits = Limits(
        sample_s=asked.sample_s,
        memory_bytes=asked.handler_memory_bytes,
        disk_bytes=asked.handler_disk_bytes,
    )
    environments = Environments(
        handlers_folder(settings), asked.handlers_from, limits, asked.handlers_online
    )
    return InstalledHandlers(BuiltIn(settings, limits), environments)


def handlers_folder(settings: Settings) -> Path:
    """Return where handlers are installed: as set, or in the user's data folder."""
    written = settings.datasets.handlers_folder
    if written:
        return named_folder("datasets.handlers_folder", written)
    return data_folder("datasets.handlers_folder") / "handlers"
