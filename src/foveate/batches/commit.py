"""How what workers made becomes what is there: names are claimed, rows committed, files placed."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from foveate.batches.asides import sweep_apart
from foveate.batches.destination import Placing
from foveate.batches.made import Made, Status
from foveate.batches.records import Wish
from foveate.batches.template import claim_of, folders_of
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
        new = [name for name in names if not self._manifest.names.owns(claim_of(name))]
        there = self._destination.taken(new)
        self._there = {name for name in there if not self._is_ours(name)}
        with self._manifest.writing():
            for made in sorted(group, key=lambda each: each.row.number):
                settled.append(self._settled(made))
            self._manifest.names.give_up(self._given_up)
        self._remove(self._given_up)
        return self._placed(settled)

    def _is_ours(self, name: str) -> bool:
        """Return whether nothing is in the way of a name but what this batch made."""
        return all(map(self._manifest.names.has, self._destination.in_the_way(name)))

    def _settled(self, made: Made) -> Made:
        """Return what becomes of a row, with that written."""
        settled, wishes = self._claimed(made)
        self._given_up += self._manifest.write(settled)
        self._manifest.names.wish(made.row.id, wishes)
        return settled

    def _claimed(self, made: Made) -> tuple[Made, list[Wish]]:
        """Return it, or that it failed and wished for names of which one is somebody else's."""
        if why := _clash(made.outputs):
            return self._failed(made, why), []
        outputs = sorted(made.outputs, key=lambda each: each.rendition)
        whys = (self._refusal(made, output) for output in outputs)
        if why := next(filter(None, whys), ""):
            wishes = [Wish(each.rendition, each.name, each.digest) for each in outputs]
            return self._failed(made, why), wishes
        for output in made.outputs:
            for rival in list(self._manifest.names.rivals(claim_of(output.name), made.row.id)):
                self._take_over(rival, output, made)
        return made, []

    def _refusal(self, made: Made, output: Output) -> str:
        """Return why an output cannot have its name, or nothing."""
        rivals = self._manifest.names.rivals(claim_of(output.name), made.row.id)
        before = (
            each
            for each in rivals
            if not shares(each, output) and self._manifest.goes_before(each, made.row)
        )
        if rival := min(before, key=lambda each: each.number, default=None):
            return sentence(output.name, rival.source, rival.name)
        if output.name in self._there:
            return f"Expected a name that nothing has, got {output.name}, which is there already."
        return ""

    def _take_over(self, rival: Rival, output: Output, made: Made) -> None:
        """Take a name from a row that comes later, or that there is no more."""
        if shares(rival, output):
            return
        if not rival.live:
            self._manifest.names.forget(rival.id, claim_of(rival.name))
            self._given_up.append(rival.name)
            return
        why = sentence(rival.name, made.row.key, output.name)
        if rival.run >= self._manifest.first:
            self._lost.append(rival.worked >= self._manifest.first)
        self._given_up += self._manifest.fail(rival.id, TAKEN, why)

    def _remove(self, names: Sequence[str]) -> None:
        """Delete files that nobody has any more.

        Once that is committed: what is taken back must find its file.
        """
        if not names:
            return
        for name in names:
            if not self._manifest.names.has(name):
                self._destination.remove(name)
        with self._manifest.writing():
            self._manifest.names.are_gone()

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
            self._manifest.names.give_up(given_up)
        self._remove(given_up)
        return [
            self._failed(made, wrong[number], UNWRITTEN) if number in wrong else made
            for number, made in enumerate(settled)
        ]

    def sweep(self) -> None:
        """Place what was committed before its process ended, and delete what was not.

        Raises NotWritten where nothing can be placed, and leaves it for the next time.
        """
        sweep_apart(self._destination.home)
        self._remove(self._manifest.names.given_up())
        for asides in self._destination.left:
            for row, aside in asides.kept():
                output = self._meant(row)
                if output is not None and sha256(asides.read(aside)).digest() == output.digest:
                    self._place(row, Placing(aside, output.name))
                asides.drop(row)

    def _place(self, row: str, placing: Placing) -> None:
        (why,) = self._destination.place([placing])
        if not why:
            return
        if not self._destination.taken([placing.name]):
            raise NotWritten(why)
        # What is there is in the way of that row alone: it fails, and is tried once more.
        with self._manifest.writing():
            given_up = self._manifest.fail(_row_id(row), UNWRITTEN, why)
            self._manifest.names.give_up(given_up)
        self._remove(given_up)

    def _failed(self, made: Made, why: str, error: str = TAKEN) -> Made:
        for output in made.outputs:
            if output.aside is not None:
                self._destination.asides.drop(aside_name(made.row.id, output.rendition))
        return replace(made, status=Status.FAILED, outputs=(), known="", error=error, message=why)

    def _meant(self, name: str) -> Output | None:
        with suppress(ValueError):
            return self._manifest.committed(_row_id(name), int(name.partition("-")[2]))
        return None


def aside_name(row_id: bytes, rendition: int) -> str:
    """Return what a rendition is called until it is placed."""
    return f"{row_id.hex()}-{rendition}"


def _row_id(aside: str) -> bytes:
    """Return the row whose rendition is called so. Raises ValueError."""
    return bytes.fromhex(aside.partition("-")[0])


def shares(rival: Rival, output: Output | Wish) -> bool:
    """Return whether both are the same file: the same bytes under the same name."""
    return rival.name == output.name and rival.digest == output.digest


def _clash(outputs: Sequence[Output]) -> str:
    """Return what is wrong with names of one row, or nothing."""
    claims = [claim_of(output.name) for output in outputs]
    if len(set(claims)) < len(claims):
        return f"Expected a name for each rendition, got {outputs[0].name} for two."
    for output in outputs:
        if not set(claims).isdisjoint(folders_of(claim_of(output.name))):
            wanted = "Expected names for renditions of which none is a folder"
            return f"{wanted}, got {', '.join(each.name for each in outputs)}."
    return ""


def sentence(name: str, source: str, other: str) -> str:
    """Return why a picture cannot have a name, where that source has that other one."""
    same = "that name" if name == other else f"{other}, which not every disk tells apart"
    if claim_of(name) != claim_of(other):
        same = f"{other}, and nothing is a file and a folder"
    return f"Expected a name for each picture, got {name}: {source} has {same}."
