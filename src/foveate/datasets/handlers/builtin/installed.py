"""The handler `foveate`, as one that is installed: it comes with us."""

from __future__ import annotations

import os
import pickle
import sys
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from foveate.datasets.handlers.builtin.chosen import changes_none, chosen, needs_pictures
from foveate.datasets.handlers.builtin.filters import check_classes
from foveate.datasets.handlers.builtin.possible import check
from foveate.datasets.handlers.builtin.process import OwnProcess
from foveate.datasets.handlers.builtin.schema import NAME, SCHEMA, VERSION
from foveate.datasets.handlers.builtin.seen import seen_by
from foveate.datasets.handlers.process import Program
from foveate.datasets.identity import canonical, with_ours
from foveate.datasets.packed import Packed
from foveate.datasets.raw.halting import HaltingSamples
from foveate.service.generation import PIXELS
from foveate.settings import Limits as OfPictures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from foveate.datasets.handlers.limits import Limits
    from foveate.datasets.sample import Sample
    from foveate.datasets.seams import Pictures
    from foveate.service.analysis import Analyses
    from foveate.settings import Settings

UNSEEN: Final = frozenset({"max_draw", "timeout_s"})
"""Limits of what no configuration asks for, and of what the handler is bounded by otherwise."""
_CHILD: Final = "from foveate.datasets.handlers.builtin.child import run; run()"


@dataclass(frozen=True)
class BuiltIn:
    """The handler that looks at pictures with our own eyes, in a process with an App."""

    settings: Settings
    limits: Limits

    def __reduce__(self) -> tuple[object, ...]:
        """Leave out which networks are here: elsewhere it may be others."""
        return type(self), (self.settings, self.limits)

    @property
    def name(self) -> str:
        """Return what requests call it."""
        return NAME

    @property
    def version(self) -> str:
        """Return its version, which is not that of the package."""
        return VERSION

    @property
    def pin(self) -> str:
        """Return what changes when it makes other pixels of the same, or of fewer pictures."""
        moderation = self.settings.moderation
        enforced = "" if moderation.enforce == "off" else f" {moderation.rules!r}"
        limits = "".join(_others(self.settings.limits))
        return sha256(f"{NAME} {VERSION} {PIXELS}{enforced}{limits}".encode()).hexdigest()

    def pin_for(self, config: Mapping[str, Any]) -> str:
        """Return what changes when it makes other pixels of the same by that configuration."""
        seen = seen_by(self._analyses, config)
        return sha256(" ".join([self.pin, *seen]).encode()).hexdigest()

    @cached_property
    def _analyses(self) -> Analyses:
        # Whoever only installs handlers, or lists them, waits for no library.
        from foveate.app import looks_of  # noqa: PLC0415

        return looks_of(self.settings)

    @property
    def schema(self) -> Mapping[str, Any]:
        """Return the JSON Schema of its configuration."""
        return SCHEMA

    def canonical(self, config: object) -> bytes:
        """Return a configuration in its one spelling, filled in. Raises BadConfiguration."""
        return canonical(config, with_ours(SCHEMA))

    def check(self, config: Mapping[str, Any]) -> None:
        """Do nothing for a configuration of which pictures can be made. Raises BadConfiguration."""
        check(config, self.limits.outputs)

    def check_classes(self, config: Mapping[str, Any], classes: Sequence[str]) -> None:
        """Do nothing where these are all that it names. Raises BadConfiguration."""
        check_classes(classes, config["classes"])

    def selected(
        self,
        config: Mapping[str, Any],
        samples: Sequence[Sample],
        seed: int,
        halt: Callable[[], None],
    ) -> Sequence[Sample] | None:
        """Return which samples there are; None where their pictures decide. Raises as `chosen`."""
        if needs_pictures(config):
            return None
        if changes_none(config):
            return samples
        return Packed(chosen(HaltingSamples(samples, halt), config, seed))

    def start(self, config: Mapping[str, Any], pictures: Pictures) -> OwnProcess:
        """Run it. Raises HandlerFailed."""
        # Each network has as many as there are cores, and all of them are our own.
        limits = replace(self.limits, threads=sys.maxsize)
        return OwnProcess(self.program(config), limits, pictures)

    def program(self, config: Mapping[str, Any]) -> Program:
        """Return what is started to run it."""
        return Program(
            command=(sys.executable, "-P", "-c", _CHILD),
            # It starts in another folder.
            start={"config": config, "folder": _folder()},
            environment={
                **os.environ,
                "PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path)),
            },
            blobs={"settings": pickle.dumps(self.settings)},
        )


def _others(limits: OfPictures) -> Iterator[str]:
    """Yield the limits that are not the usual ones: by them other pictures are left out."""
    usual = asdict(OfPictures())
    for name, value in asdict(limits).items():
        if name not in UNSEEN and value != usual[name]:
            yield f" {name}={value}"


def _folder() -> str:
    """Return where relative names of settings are meant; one that is gone has none of them."""
    try:
        return os.getcwd()  # noqa: PTH109 - as text
    except FileNotFoundError:
        return os.sep
