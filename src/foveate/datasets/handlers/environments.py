"""Handlers that were installed: each version in an environment of its own, side by side.

    <folder>/NAME-VERSION/    bin/python, lib/, handler.json
    <folder>/.making-*/       one that is made, or removed, and locked meanwhile

An environment gets its name when it is whole, and never changes.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from foveate.datasets.apart import canonical_apart
from foveate.datasets.handlers.builtin.schema import NAME as OURS
from foveate.datasets.handlers.packages import bare, bring, offered, pin_from, pin_of, python_of
from foveate.datasets.handlers.process import HandlerProcess, in_environment
from foveate.datasets.handlers.sources import check_named, check_source, read_source
from foveate.datasets.owned import Owned, sweep
from foveate.datasets.schema import checked_schema
from foveate.errors import BadConfiguration, BadInstallation, UnknownHandler

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from foveate.datasets.handlers.limits import Limits
    from foveate.datasets.handlers.sources import Source
    from foveate.datasets.seams import Pictures

FACTS: Final = "handler.json"
KINDS: Final = {
    **dict.fromkeys(("name", "version", "pin", "source"), str),
    "packages": list,
    "schema": dict,
}
"""Facts of an environment. Others are of a newer release."""
_UNDERWAY: Final = ".making-"
_FORGOTTEN_S: Final = 24 * 3600
"""Where nothing can be locked, what was begun so long ago is of somebody who was ended."""


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

    def pin_for(self, _: Mapping[str, Any]) -> str:
        """Return its pin: no setting of ours decides over what a stranger makes."""
        return self.pin

    def canonical(self, config: object) -> bytes:
        """Return a configuration in its one spelling, filled in. Raises BadConfiguration."""
        return canonical_apart(config, self.schema)

    def check(self, config: Mapping[str, Any]) -> None:
        """Do nothing: to ask a stranger, its process would have to be started for each request."""

    def check_classes(self, *_: object) -> None:
        """Do nothing: it says so once it runs."""

    def selected(self, *_: object) -> None:
        """Return that it has to run to say which samples there are."""

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
        return [each for each in self._found().values() if isinstance(each, Environment)]

    def broken(self) -> dict[str, str]:
        """Return those that cannot be used, and why, by the names of their folders."""
        found = self._found().items()
        return {name: why.public for name, why in found if isinstance(why, BadInstallation)}

    def _found(self) -> dict[str, Environment | BadInstallation]:
        found: dict[str, Environment | BadInstallation] = {}
        for folder in sorted(facts.parent for facts in self.folder.glob(f"[!.]*/{FACTS}")):
            with suppress(FileNotFoundError):  # it went in between
                try:
                    found[folder.name] = self._read(folder)
                except BadInstallation as why:
                    found[folder.name] = why
        return found

    def install(self, name: str, version: str, source: str) -> Environment:
        """Return a version of a handler, installed from there unless it is here.

        Its package is of its name, and has an entry point of that name among `foveate.handlers`.
        Raises BadConfiguration, also where other code is here, HandlerFailed, BadInstallation.
        """
        check_named(name, version)
        if name == OURS:
            raise BadConfiguration(f"Expected another name than {OURS}, which comes along.")
        origin = read_source(source)
        check_source(origin, self.allowed)
        place = self._place(name, version)
        self._sweep()
        if place.exists():
            known = self._read(place)
            _check_same(known, origin)
            return known
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
        Owned(gone).remove()
        self._sweep()

    def _place(self, name: str, version: str) -> Path:
        return self.folder / f"{name}-{version}"

    def _make(self, place: Path, bring_into: Callable[[Path], dict[str, Any]]) -> None:
        """Make an environment under another name, and give it its own once it is whole."""
        self.folder.mkdir(parents=True, exist_ok=True)
        mark = f"{_UNDERWAY}{secrets.token_hex(4)}-"
        own: Owned | None = None
        try:
            own = Owned.begun(mark, self.folder)
            making = own.folder
            making.chmod(0o755)
            facts = bring_into(making)
            (making / FACTS).write_text(json.dumps(facts))
            (making / FACTS).write_text(json.dumps(facts | {"schema": self._schema(making)}))
            with suppress(OSError):  # whoever was quicker made that version
                making.rename(place)
        finally:
            if own is not None:
                own.remove()
            # By its name, too: whoever is interrupted while it begins does not hold it yet.
            for each in self.folder.glob(f"{mark}*"):
                Owned(each).remove()

    def _schema(self, making: Path) -> Mapping[str, Any]:
        """Return the schema that a handler tells, run as it will be run."""
        with self._read(making).start({}, _NoPictures()) as handler:
            schema = handler.describe().get("schema")
        return checked_schema(schema)

    def _read(self, folder: Path) -> Environment:
        """Return what is installed in a folder. Raises BadInstallation for what is broken."""
        try:
            facts = _checked(json.loads((folder / FACTS).read_text()))
        except FileNotFoundError:
            raise
        except (OSError, ValueError, RecursionError) as why:
            told = f"Expected {folder.name}/{FACTS} as it was written, got another one"
            told = f"{told}: remove this version, and install it again."
            raise BadInstallation(told, public=told) from why
        limits = replace(self.limits, network=facts["name"] in self.online)
        return Environment(**facts, folder=folder, limits=limits)

    def _sweep(self) -> None:
        """Remove what was begun and never ended."""
        sweep(_UNDERWAY, self.folder)
        for each in self.folder.glob(f"{_UNDERWAY}*"):
            with suppress(OSError):
                if time.time() - each.stat().st_mtime > _FORGOTTEN_S:
                    Owned(each).remove()


def _checked(said: object) -> dict[str, Any]:
    """Return the facts that are known. Raises ValueError where one is none."""
    facts = {"schema": {}, **said} if isinstance(said, dict) else {}
    known = {word: facts.get(word) for word in KINDS}
    own = known["schema"].get("properties", {}) if isinstance(known["schema"], dict) else None
    if not all(isinstance(known[word], kind) for word, kind in KINDS.items()):
        raise ValueError(f"not {', '.join(KINDS)}")
    if not isinstance(own, dict) or known["name"] == OURS:
        raise ValueError("not of this handler")
    return known


def _check_same(known: Environment, origin: Source) -> None:
    """Raise BadConfiguration where a source has other code by now, which would not be run."""
    others = known.packages[1:]
    pins = [pin_from(own, others) for own in offered(known.name, known.version, origin)]
    if pins and known.pin not in pins:
        raise BadConfiguration(
            f"Expected {known.name} {known.version} as it is installed, got other code at {origin}:"
            " remove that version first, or raise its number."
        )


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
