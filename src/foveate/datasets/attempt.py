"""One attempt at a dataset, by who has a claim on it."""

from __future__ import annotations

import logging
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from foveate.datasets.failure import unwritable
from foveate.datasets.making import Bench, Halted
from foveate.datasets.places import WORK
from foveate.datasets.prepare import Preparation
from foveate.datasets.unchanged import MOMENTARY
from foveate.datasets.unwritten import wants_room
from foveate.errors import (
    DatasetsAway,
    DatasetsUnusable,
    FoveateError,
    RawChanged,
    UnknownHandler,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from foveate.datasets.dataset import Dataset
    from foveate.datasets.making import Engine
    from foveate.datasets.noting import Noting
    from foveate.datasets.raw.raw import Raw
    from foveate.datasets.raw.registry import Registry
    from foveate.datasets.seams import Formats, Handlers, Installed

log = logging.getLogger("foveate.datasets")


class Lacking(Exception):
    """Raised where this server has not what others were asked to make a dataset of."""


@dataclass(slots=True, kw_only=True)
class Attempt:
    """A dataset that is made now, and what it is made with."""

    dataset: Dataset
    noting: Noting
    registry: Registry
    installed: Handlers
    formats: Formats
    engine: Engine
    work: Path
    stop: threading.Event = field(default_factory=threading.Event)
    is_made: bool = field(default=False, init=False)

    def halt(self) -> None:
        """Raise Halted, once somebody asked to stop."""
        if self.stop.is_set():
            raise Halted

    def make(self) -> Exception | None:
        """Make the dataset; return why that failed, if it did.

        Blocks for hours, and raises what is no fault of this one: DatasetsUnusable, DatasetsAway,
        Lacking, and what is MOMENTARY of its raw data.
        """
        dataset, noting = self.dataset, self.noting
        # Whoever had the claim before may have finished it meanwhile, or may have failed.
        if noting.is_there(dataset) or noting.has_failed(dataset):
            return None
        noting.shelf.go_on(dataset.id)  # else what is made now would go with what is left
        try:
            self._make()
        except Halted:
            log.info("Dataset %s is made no further for now.", dataset.id)
        except Exception as why:
            if wants_room(why):
                raise DatasetsUnusable(f"It waits for room: {why}") from why
            if isinstance(why, DatasetsAway) and why.refused:
                return unwritable(why)
            if isinstance(why, (DatasetsUnusable, DatasetsAway, Lacking, *MOMENTARY)):
                raise
            return why
        else:
            self.is_made = noting.is_there(dataset)
        return None

    def _make(self) -> None:
        if self.dataset.heard:
            self._check()
        self.noting.store.begin(self.dataset)
        self.noting.ring(self.dataset.id)
        raw = self.registry.of(self.dataset.name)
        try:
            self._preparation(raw).run(self._tell, self.stop)
        except RawChanged as why:
            self.registry.doubt(raw, why.source)
            raise

    def _check(self) -> None:
        """Raise Lacking where this server never had what others were asked to make it of."""
        try:
            raw = self.registry.of(self.dataset.name)
            self._installed()
            digest = self.registry.look(raw, self.halt).digest
        except (DatasetsUnusable, *MOMENTARY):
            raise
        except FoveateError as why:
            raise Lacking(str(why)) from why
        if digest != self.dataset.raw:
            raise Lacking(f"The raw data {raw.name} is not what it is elsewhere.")

    def _tell(self, told: Mapping[str, Any]) -> None:
        # How far it is can be told later: no chunk is thrown away for books that are locked.
        with suppress(DatasetsUnusable):
            self.noting.store.progress(self.dataset, told)
            self.noting.ring(self.dataset.id)

    def _installed(self) -> Installed:
        """Return the handler that was asked for. Raises UnknownHandler."""
        dataset = self.dataset
        installed = self.installed.of(dataset.handler, dataset.version)
        if installed.pin_for(dataset.config) != dataset.pin:
            asked = f"{dataset.handler} {dataset.version}"
            sentence = f"{asked} is another one, or set otherwise, than was asked for: ask again."
            raise UnknownHandler(sentence)
        return installed

    def _preparation(self, raw: Raw) -> Preparation:
        shelf = self.noting.shelf
        bench = Bench(
            dataset=self.dataset,
            pictures=self.registry.place(raw),
            installed=self._installed(),
            formats=self.formats,
            shelf=shelf,
            # On the same disk, so that nothing is copied to where it stays.
            work=shelf.files.path(WORK) or self.work,
        )
        survey = partial(self.registry.look, raw, self.halt)
        return Preparation(bench=bench, survey=survey, engine=self.engine)
