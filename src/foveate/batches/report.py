"""How far a batch is, and how it ended: sums."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from foveate.batches.made import Status
from foveate.errors import NameTaken
from foveate.ledger.amounts import Amounts, cost
from foveate.ledger.ledger import process_cpu_s

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.batches.made import Made
    from foveate.ledger.amounts import Cost
    from foveate.settings import Costs


@dataclass(slots=True)
class BatchReport:
    """What became of the rows of a batch in this run."""

    done: int = 0
    copied: int = 0
    """Of those done: pictures that are equal to one before, of which copies were made."""
    before: int = 0
    """Rows that were done by an earlier run, and are as they were."""
    repeated: int = 0
    """Rows that are another one once more."""
    failed: int = 0
    failed_before: int = 0
    """Rows that failed in an earlier run, and were not tried again."""
    errors: Counter[str] = field(default_factory=Counter)
    """How many failed, now or before, by the class of the error."""
    outputs: int = 0
    bytes_in: int = 0
    """Of the pictures that were done."""
    bytes_out: int = 0
    """Of what was made of them."""
    stopped: bool = False
    """Whether it was stopped before its end."""
    stopped_at: Made | None = None
    """The first picture that failed, where it was to stop at one."""
    seconds: float = 0.0
    cpu_s: float = 0.0
    elsewhere_s: float = 0.0
    """Processor time of processes that have not ended."""
    _began: tuple[float, float] = field(
        default_factory=lambda: (time.perf_counter(), process_cpu_s()), repr=False
    )

    @property
    def met(self) -> int:
        """Return how many rows were met."""
        return self.done + self.before + self.repeated + self.failed + self.failed_before

    @property
    def worked(self) -> int:
        """Return how many rows were worked on."""
        return self.done + self.failed

    @property
    def whole(self) -> bool:
        """Return whether all is done that there was."""
        return not (self.failed or self.failed_before or self.stopped)

    @property
    def per_second(self) -> float:
        """Return how many pictures were worked on in a second."""
        return self.worked / self.seconds if self.seconds else 0.0

    def take(self, made: Made) -> None:
        """Count what became of a row now."""
        self.elsewhere_s += made.cpu_s
        if made.status is Status.FAILED:
            self.failed += 1
            self.errors[made.error] += 1
            return
        self.done += 1
        self.copied += made.copied
        self.outputs += len(made.outputs)
        self.bytes_in += made.bytes
        self.bytes_out += sum(output.bytes for output in made.outputs)

    def lose(self, lost: Sequence[bool]) -> None:
        """Count rows that lost their name, each of which was done in this run, or before."""
        for now in lost:
            self.done -= now
            self.before -= not now
            self.failed += 1
            self.errors[NameTaken.__name__] += 1

    def try_again(self, error: str, *, now: bool) -> None:
        """Count no more a row that failed, in this run or before: it is worked on again."""
        self.failed -= now
        self.failed_before -= not now
        self.errors[error] -= 1
        self.errors += Counter()  # without those that are none

    def tick(self) -> None:
        """Note how long it has taken by now."""
        wall, cpu = self._began
        self.seconds = time.perf_counter() - wall
        self.cpu_s = process_cpu_s() - cpu + self.elsewhere_s

    def cost(self, prices: Costs) -> Cost:
        """Return what it cost: processor time, and a month of keeping what was made."""
        return cost(Amounts(cpu_s=self.cpu_s, bytes_stored=self.bytes_out), prices)

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        counts = ("met", "done", "copied", "before", "repeated", "failed", "failed_before")
        sums = ("outputs", "bytes_in", "bytes_out", "stopped")
        return {
            **{name: getattr(self, name) for name in (*counts, *sums)},
            "stopped_at": self.stopped_at and self.stopped_at.failure,
            "errors": dict(sorted(self.errors.items())),
            "seconds": round(self.seconds, 3),
            "cpu_s": round(self.cpu_s, 3),
            "pictures_per_s": round(self.per_second, 2),
        }
