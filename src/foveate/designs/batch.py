"""One design and many rows: a rendition of each, on all cores, resumed where it was stopped."""

from __future__ import annotations

import threading
import time
from contextlib import closing
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final

from foveate.batches.executor import Threads
from foveate.batches.lists import HEADERS, READERS
from foveate.batches.template import Template, claim_of
from foveate.cores import cores
from foveate.design.filling import Filling
from foveate.designs.journal import Journal, asked_digest, local_files
from foveate.designs.process import Made, Row, Setup, drawers
from foveate.errors import BadOption
from foveate.options.values import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping
    from pathlib import Path

    from foveate.designs.design import Design
    from foveate.service.draw import Drawing

NAME: Final = "{row}.{ext}"
ENDINGS: Final = {"jpeg": "jpg"}


@dataclass(slots=True)
class Report:
    """How many renditions there are."""

    done: int = 0
    before: int = 0
    """Of an earlier run, which are as they would be made now."""
    failed: int = 0
    bytes: int = 0
    seconds: float = 0.0
    stopped: bool = False

    @property
    def per_second(self) -> float:
        """Return how fast they were made."""
        return self.done / self.seconds if self.seconds else 0.0

    def to_json(self) -> dict[str, Any]:
        """Return it as objects."""
        return {**asdict(self), "per_second": round(self.per_second, 2)}

    def take(self, made: Made) -> None:
        """Count one."""
        self.failed += bool(made.error)
        self.before += made.before
        self.done += not (made.error or made.before)
        self.bytes += made.bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What is to be made of which rows."""

    design: Design
    rows: Path
    """CSV, JSON lines or Parquet; pictures that it names are beside it."""
    out: Path
    drawing: Drawing
    name: str = NAME
    """Of files: with columns, `row` and `ext` in braces."""
    workers: int = 0
    """0 is the number of cores."""
    again: bool = False
    """Whether to make those anew that are there."""
    stopped: threading.Event = field(default_factory=threading.Event)

    def run(self, report: Report) -> Generator[Made]:
        """Yield what became of each row, in whatever order that is done.

        Raises BadOption where the columns do not fit the design, and BadInstallation.
        """
        template, fill = self._template(), self._filling()
        columns = self._header()
        if columns is not None:
            fill.check(columns, template.words)
            # A word of no column would fail each row alone.
            template.name({**dict.fromkeys(columns, "1"), "row": "1", "ext": "png"})
        setup = Setup(
            xml=self.design.xml,
            folder=self._folder,
            beside=self.rows.absolute().parent,
            out=self.out,
            drawing=self.drawing,
            processes=self.workers or cores(),
        )
        started = time.perf_counter()
        with closing(Journal(self.out)) as journal, closing(drawers(setup)) as pool:
            threads = Threads(setup.processes, self.stopped)
            before: list[Made] = []
            left = self._left(fill, template, journal, before.append)
            for group in threads.run(pool, left):
                for made in (*_emptied(before), *group):
                    self._note(journal, made)
                    report.take(made)
                    report.seconds = time.perf_counter() - started
                    yield made
            for made in _emptied(before):
                report.take(made)
                yield made
        report.stopped = self.stopped.is_set()
        report.seconds = time.perf_counter() - started

    def count(self) -> int:
        """Return how many rows there are. Raises BadOption."""
        self._header()
        return sum(1 for _ in READERS[self.rows.suffix.lower()](self.rows))

    @property
    def _folder(self) -> Path:
        return self.design.folder or self.rows.absolute().parent

    def _note(self, journal: Journal, made: Made) -> None:
        if not (made.error or made.before):
            journal.note(made.row.asked, made.row.name, made.bytes, made.note)

    def _template(self) -> Template:
        template = Template.read(self.name, "", 1)
        template.check_place()
        return template

    def _filling(self) -> Filling:
        return Filling.of(self.design.scene, self.rows.absolute().parent)

    def _header(self) -> list[str] | None:
        """Return the columns, where the list says them before it is read. Raises BadOption."""
        kind = self.rows.suffix.lower()
        if kind not in READERS or kind == ".txt":
            raise BadOption(f"Expected rows as .csv, .jsonl or .parquet, got {self.rows.name}.")
        if kind not in HEADERS:
            return None
        return [name for name in HEADERS[kind](self.rows) if name]

    def _left(
        self,
        fill: Filling,
        template: Template,
        journal: Journal,
        there: Callable[[Made], object],
    ) -> Iterator[Row | None]:
        """Yield the rows that are to be drawn; None for one that was before."""
        names: set[str] = set()
        how = repr((self.drawing, self._folder))
        beside = self.rows.absolute().parent
        own = local_files(_sources(fill), self._folder)
        for number, said in enumerate(READERS[self.rows.suffix.lower()](self.rows), 1):
            row = self._row(number, said, fill, template)
            if not row.problem and claim_of(row.name) in names:
                row = row._replace(problem=f"Expected a name of its own, got {row.name} twice.")
            names.add(claim_of(row.name))
            files = own + local_files(row.values.values(), beside)
            row = row._replace(asked=asked_digest(self.design.digest, how, row.values, files))
            if not (row.problem or self.again) and journal.has(row.asked, row.name):
                there(Made(row, note=journal.remark(row.asked, row.name), before=True))
                yield None
            else:
                yield row

    def _row(self, number: int, said: object, fill: Filling, template: Template) -> Row:
        if not isinstance(said, dict):
            problem = f"Row {number}: expected an object, got {shown(str(said))}."
            return Row(number, "", {}, problem=problem)
        values, ext = _texts(said), ENDINGS.get(self.drawing.format, self.drawing.format)
        try:
            fill.check(values, template.words)
            name = template.name({**values, "row": str(number), "ext": ext})
        except BadOption as why:
            return Row(number, "", values, problem=f"Row {number}: {why}")
        return Row(number, name, values)


def _texts(said: Mapping[Any, Any]) -> dict[str, str]:
    return {str(name): "" if value is None else str(value) for name, value in said.items() if name}


def _sources(fill: Filling) -> list[str]:
    """Return the pictures of a design itself."""
    return [node.said["src"] for node in fill.design.walk() if node.said.get("src")]


def _emptied(made: list[Made]) -> list[Made]:
    taken = made[:]
    made.clear()
    return taken
