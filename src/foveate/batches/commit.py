"""How what workers made becomes what is there: names are claimed, rows committed, files placed."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from foveate.batches.asides import sweep_apart
from foveate.batches.destination import Placing
from foveate.batches.made import Made, Status
from foveate.batches.template import claim_of
from foveate.errors import NameTaken, NotWritten

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.batches.destination import Destination
    from foveate.batches.made import Output
    from foveate.batches.manifest import Manifest
    from foveate.batches.records import Rival

TAKEN: Final = NameTaken.__name__
UNWRITTEN: Final = NotWritten.__name__
"""It says nothing of the picture, which is worked on again the next time."""


class Committer:
    """Commits rows, in one thread. Of two rows with one name the first in the sources has it."""

    def __init__(self, manifest: Manifest, destination: Destination) -> None:
        self._manifest = manifest
        self._destination = destination
        self._there: set[str] = set()
        self._lost: list[bool] = []
        self._given_up: list[str] = []
        """Names that rows lost in what is being committed."""

    def lost(self) -> list[bool]:
        """Return of each row that lost its name since, whether this opening had done it."""
        lost, self._lost = self._lost, []
        return lost

    def commit(self, group: Sequence[Made]) -> list[Made]:
        """Return what became of rows in the end, once that is committed and in its place."""
        settled, self._given_up = list[Made](), []
        names = [output.name for made in group for output in made.outputs]
        new = [name for name in names if not self._manifest.owns(claim_of(name))]
        self._there = self._destination.taken(new)
        with self._manifest.writing():
            for made in sorted(group, key=lambda each: each.row.number):
                settled.append(self._claimed(made))
                self._given_up += self._manifest.write(settled[-1])
        self._remove(self._given_up)
        return self._placed(settled)

    def _claimed(self, made: Made) -> Made:
        """Return it, or that it failed, where one of its names is somebody else's."""
        whys = (self._refusal(made, output) for output in made.outputs)
        why = next(filter(None, whys), "")
        claims = [claim_of(output.name) for output in made.outputs]
        if not why and len(set(claims)) < len(claims):
            why = f"Expected a name for each rendition, got {made.outputs[0].name} for two."
        if why:
            return self._failed(made, why)
        for claim in claims:
            for rival in self._manifest.rivals(claim, made.row.id):
                self._take_over(rival, claim, made)
        return made

    def _refusal(self, made: Made, output: Output) -> str:
        """Return why an output cannot have its name, or nothing."""
        for rival in self._manifest.rivals(claim_of(output.name), made.row.id):
            if not _shares(rival, output) and self._goes_before(rival, made):
                return _sentence(output.name, rival.source, rival.name)
        if output.name in self._there:
            return f"Expected a name that nothing has, got {output.name}, which is there already."
        return ""

    def _goes_before(self, rival: Rival, made: Made) -> bool:
        met = rival.run == self._manifest.run
        return bool(rival.live) and met and rival.number < made.row.number

    def _take_over(self, rival: Rival, claim: str, made: Made) -> None:
        """Take a name from a row that comes later, or that there is no more."""
        mine = next(each for each in made.outputs if claim_of(each.name) == claim)
        if _shares(rival, mine):
            return
        if not rival.live:
            self._manifest.forget(rival.id, claim)
            return
        why = _sentence(rival.name, made.row.key, mine.name)
        if rival.run >= self._manifest.first:
            self._lost.append(rival.worked >= self._manifest.first)
        self._given_up += self._manifest.fail(rival.id, TAKEN, why)

    def _remove(self, names: Sequence[str]) -> None:
        """Delete files that nobody has any more.

        Once that is committed: what is taken back must find its file.
        """
        for name in names:
            if not self._manifest.has(name):
                self._destination.remove(name)

    def _placed(self, settled: Sequence[Made]) -> list[Made]:
        """Place the files of rows, and return these: failed where their files could not be."""
        placings = [
            (number, Placing(output.aside, output.name))
            for number, made in enumerate(settled)
            for output in made.outputs
            if output.aside is not None
        ]
        whys = self._destination.place([placing for _, placing in placings])
        wrong = {n: why for (n, _), why in zip(placings, whys, strict=True) if why}
        if not wrong:
            return list(settled)
        given_up: list[str] = []
        with self._manifest.writing():
            for number, why in wrong.items():
                given_up += self._manifest.fail(settled[number].row.id, UNWRITTEN, why)
        self._remove(given_up)
        return [
            self._failed(made, wrong[number], UNWRITTEN) if number in wrong else made
            for number, made in enumerate(settled)
        ]

    def sweep(self) -> None:
        """Place what was committed before its process ended, and delete what was not.

        Raises NotWritten where that cannot be placed, and leaves it for the next time.
        """
        sweep_apart(self._destination.home)
        for asides in self._destination.left:
            for row, aside in asides.kept():
                output = self._meant(row)
                if output is not None and sha256(asides.read(aside)).digest() == output.digest:
                    self._place(Placing(aside, output.name))
                asides.drop(row)

    def _place(self, placing: Placing) -> None:
        (why,) = self._destination.place([placing])
        if why:
            raise NotWritten(why)

    def _failed(self, made: Made, why: str, error: str = TAKEN) -> Made:
        for output in made.outputs:
            if output.aside is not None:
                self._destination.asides.drop(aside_name(made.row.id, output.rendition))
        return replace(made, status=Status.FAILED, outputs=(), known="", error=error, message=why)

    def _meant(self, name: str) -> Output | None:
        row, _, rendition = name.partition("-")
        with suppress(ValueError):
            return self._manifest.committed(bytes.fromhex(row), int(rendition))
        return None


def aside_name(row_id: bytes, rendition: int) -> str:
    """Return what a rendition is called until it is placed."""
    return f"{row_id.hex()}-{rendition}"


def _shares(rival: Rival, output: Output) -> bool:
    """Return whether both are the same file: the same bytes under the same name."""
    return rival.name == output.name and rival.digest == output.digest


def _sentence(name: str, source: str, other: str) -> str:
    same = "that name" if name == other else f"{other}, which not every disk tells apart"
    return f"Expected a name for each picture, got {name}: {source} has {same}."
