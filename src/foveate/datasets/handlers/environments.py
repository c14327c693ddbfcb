"""Handlers that were installed: each version in an environment of its own, side by side.

    <folder>/NAME-VERSION/    bin/python, lib/, handler.json

An environment gets its name when it is whole, and never changes.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from foveate.datasets.handlers.packages import bare, bring, pin_of, python_of
from foveate.datasets.handlers.process import HandlerProcess, in_environment
from foveate.datasets.handlers.sources import check_named, check_source, read_source
from foveate.datasets.schema import checked_schema
from foveate.errors import UnknownHandler

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from foveate.datasets.handlers.limits import Limits
    from foveate.datasets.handlers.sources import Source
    from foveate.datasets.seams import Pictures

FACTS: Final = "handler.json"
_UNDERWAY: Final = ".making-"
_FORGOTTEN_S: Final = 24 * 3600
"""What was begun so long ago is of somebody who was ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """A version of a handler that is installed."""

    name: str
    version: str
    pin: str
    schema: Mapping[str, Any] = field(repr=False)
    source: str
    packages: Sequence[str]
    """What is installed, as `name==version`, the handler first."""
    folder: Path
    limits: Limits

    def check(self, config: Mapping[str, Any]) -> None:
        """Do nothing: to ask a stranger, its process would have to be started for each request."""

    def start(self, config: Mapping[str, Any], pictures: Pictures) -> HandlerProcess:
        """Run it with a configuration that is filled in. Raises HandlerFailed."""
        program = in_environment(str(python_of(self.folder)), self.name, config)
        return HandlerProcess(program, self.limits, pictures)


@dataclass(frozen=True, slots=True)
class Environments:
    """The handlers below a folder. Its methods block."""

    folder: Path
    allowed: Sequence[str]
    """Where they may come from, as sources are written."""
    limits: Limits
    online: Sequence[str] = ()
    """The names of those that may reach the network."""

    def all(self) -> list[Environment]:
        """Return all that are installed, by name and version."""
        found = sorted(self.folder.glob(f"[!.]*/{FACTS}"))
        return [self._read(facts.parent) for facts in found]

    def install(self, name: str, version: str, source: str) -> Environment:
        """Return a version of a handler, installed from there unless it is here.

        Its package is of its name, and has an entry point of that name among `foveate.handlers`.
        Raises BadConfiguration, HandlerFailed, BadInstallation.
        """
        check_named(name, version)
        origin = read_source(source)
        check_source(origin, self.allowed)
        place = self._place(name, version)
        if not place.exists():
            self._sweep()
            allowed = [read_source(text) for text in self.allowed]
            self._make(place, partial(_facts, name, version, origin, allowed))
        return self._read(place)

    def remove(self, name: str, version: str) -> None:
        """Remove a version. Raises UnknownHandler; what runs of it may fail."""
        check_named(name, version)
        gone = self.folder / f"{_UNDERWAY}{name}-{version}-{os.getpid()}"
        try:
            self._place(name, version).rename(gone)
        except FileNotFoundError as why:
            raise UnknownHandler(f"Expected an installed handler, got {name} {version}.") from why
        shutil.rmtree(gone, ignore_errors=True)

    def _place(self, name: str, version: str) -> Path:
        return self.folder / f"{name}-{version}"

    def _make(self, place: Path, bring_into: Callable[[Path], dict[str, Any]]) -> None:
        """Make an environment under another name, and give it its own once it is whole."""
        self.folder.mkdir(parents=True, exist_ok=True)
        making = Path(tempfile.mkdtemp(prefix=_UNDERWAY, dir=self.folder))
        try:
            making.chmod(0o755)
            facts = bring_into(making)
            (making / FACTS).write_text(json.dumps(facts))
            (making / FACTS).write_text(json.dumps(facts | {"schema": self._schema(making)}))
            with suppress(OSError):  # whoever was quicker made that version
                making.rename(place)
        finally:
            shutil.rmtree(making, ignore_errors=True)

    def _schema(self, making: Path) -> Mapping[str, Any]:
        """Return the schema that a handler tells, run as it will be run."""
        with self._read(making).start({}, _NoPictures()) as handler:
            schema = handler.describe().get("schema")
        return checked_schema(schema)

    def _read(self, folder: Path) -> Environment:
        facts = {"schema": {}, **json.loads((folder / FACTS).read_text())}
        limits = replace(self.limits, network=facts["name"] in self.online)
        return Environment(**facts, folder=folder, limits=limits)

    def _sweep(self) -> None:
        """Remove what was begun and never ended."""
        for each in self.folder.glob(f"{_UNDERWAY}*"):
            with suppress(OSError):
                if time.time() - each.stat().st_mtime > _FORGOTTEN_S:
                    shutil.rmtree(each, ignore_errors=True)


class _NoPictures:
    def read(self, source: str) -> bytes:
        """Return nothing: whoever only describes itself needs none."""
        raise UnknownHandler(source)


def _facts(
    name: str, version: str, origin: Source, allowed: Sequence[Source], making: Path
) -> dict[str, Any]:
    """Install it there, and return what is to be noted."""
    bare(making)
    packages = bring(making, name, version, origin, allowed)
    return {
        "name": name,
        "version": version,
        "source": str(origin),
        "packages": [f"{each.name}=={each.version}" for each in packages],
        "pin": pin_of(packages, origin),
    }
