"""What a batch would take: a few pictures are tried, and the others counted."""

from __future__ import annotations

import random
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, stdev
from typing import TYPE_CHECKING, Any, Final

from foveate.batches.asides import ASIDE
from foveate.batches.destination import FolderDestination
from foveate.batches.made import Status
from foveate.batches.manifest import FILE, Manifest
from foveate.batches.run import Batch
from foveate.ledger.amounts import Amounts, cost
from foveate.ledger.ledger import process_cpu_s

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from foveate.app import App
    from foveate.batches.description import Description
    from foveate.batches.destination import Destination
    from foveate.batches.made import Made
    from foveate.batches.row import Row
    from foveate.batches.run import Going
    from foveate.settings import Costs

SAMPLE: Final = 24
"""Pictures that are tried, the first of which is not counted: it loads the networks."""
PATIENCE_S: Final = 20.0
SURE: Final = 2.0
"""Standard errors of the mean to each side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What one picture took."""

    cpu_s: float
    bytes_in: int
    bytes_out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a batch would take, from a sample."""

    pictures: int
    """Left to be done."""
    tried: Sequence[Tried]
    failed: int
    """Of those that were tried."""
    start_s: float
    """Until the first picture is there, for which networks are loaded."""
    workers: int
    prices: Costs
    remote: bool
    """Whether originals come from elsewhere."""

    @property
    def cpu_s(self) -> tuple[float, float]:
        """Return between which bounds the processor time of all of it is."""
        spent = [each.cpu_s for each in self.tried]
        if not spent:
            return 0.0, 0.0
        mean = fmean(spent)
        doubt = SURE * stdev(spent) / len(spent) ** 0.5 if len(spent) > 1 else mean
        return max(0.0, mean - doubt) * self.pictures, (mean + doubt) * self.pictures

    @property
    def seconds(self) -> tuple[float, float]:
        """Return the same of how long it takes with all workers."""
        low, high = self.cpu_s
        return self.start_s + low / self.workers, self.start_s + high / self.workers

    def bytes_of(self, word: str) -> int:
        """Return how many `bytes_in` or `bytes_out` all pictures have together."""
        return round(self.pictures * fmean([getattr(each, word) for each in self.tried] or [0]))

    @property
    def cost(self) -> float:
        """Return what it costs: processor time, and a month of keeping what is made."""
        read = self.bytes_of("bytes_in") if self.remote else 0
        spent = Amounts(cpu_s=fmean(self.cpu_s), bytes_in=read)
        spent.bytes_stored = self.bytes_of("bytes_out")
        return cost(spent, self.prices).total

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "pictures": self.pictures,
            "tried": len(self.tried),
            "failed": self.failed,
            "start_s": round(self.start_s, 1),
            "seconds": [round(each, 1) for each in self.seconds],
            "cpu_s": [round(each, 1) for each in self.cpu_s],
            "bytes_in": self.bytes_of("bytes_in"),
            "bytes_out": self.bytes_of("bytes_out"),
            "cost": round(self.cost, 6),
            "currency": self.prices.currency,
        }


class Trying(Batch):
    """A batch of which a few pictures are tried, and nothing is written where it would go."""

    def estimate(self) -> Estimate:
        """Return what it would take. Raises as `batch`."""
        with tempfile.TemporaryDirectory(prefix="foveate-") as place:
            home = self._destination.home
            home = home if (home / FILE).exists() else _made(Path(place))
            with closing(Manifest(home)) as manifest:
                sample, count = sampled(self._todo(self._rows(), manifest), SAMPLE)
            start_s, made = self._tried(sample, _empty(Path(place) / "tried"))
        good = [each for each, status in made if status is Status.DONE]
        return Estimate(
            pictures=count,
            tried=good,
            failed=len(made) - len(good),
            start_s=start_s,
            workers=self._workers,
            prices=self._app.settings.costs,
            remote=any("://" in row.key for row in sample),
        )

    def _todo(self, rows: Iterable[Row], manifest: Manifest) -> Iterator[Row]:
        """Yield what is left, and note nothing: a batch may be underway."""
        left = self._what_is_left(manifest)
        for row in rows:
            before = manifest.before(row.id)
            if before is None or not left.holds(row, before):
                yield row

    def _tried(
        self, sample: Sequence[Row], destination: Destination
    ) -> tuple[float, list[tuple[Tried, Status]]]:
        """Return how long the first one took, and what became of the others."""
        found, began = [], time.monotonic()
        until, start_s = began + PATIENCE_S, 0.0
        with closing((work := self._worker(destination)).equals):
            for row in sample[:1]:
                work(row)
                start_s = time.monotonic() - began
            for row in sample[1:] or sample:
                before = process_cpu_s()
                made = work(row)
                found.append((_took(made, process_cpu_s() - before), made.status))
                if time.monotonic() > until:
                    break
        return start_s, found


def estimated(app: App, description: Description, going: Going) -> Estimate:
    """Return what is left of a batch would take. Blocks; raises as `batch`."""
    return Trying(app, description, going).estimate()


def sampled(rows: Iterable[Row], size: int) -> tuple[list[Row], int]:
    """Return so many rows, each of all as likely as another, and how many there are."""
    chance = random.Random(0)  # noqa: S311 - no secret
    kept: list[Row] = []
    count = 0
    for row in rows:
        count += 1
        if len(kept) < size:
            kept.append(row)
        elif (place := chance.randrange(count)) < size:
            kept[place] = row
    chance.shuffle(kept)
    return kept, count


def _took(made: Made, cpu_s: float) -> Tried:
    out = sum(output.bytes for output in made.outputs) + len(made.known)
    return Tried(cpu_s=cpu_s, bytes_in=made.bytes, bytes_out=out)


def _made(place: Path) -> Path:
    place.mkdir(exist_ok=True)
    return place


def _empty(place: Path) -> FolderDestination:
    """Return a destination in which nothing is, and whose manifest says so."""
    destination = FolderDestination(place)
    (destination.home / ASIDE).mkdir(parents=True)
    Manifest(destination.home).close()
    return destination
