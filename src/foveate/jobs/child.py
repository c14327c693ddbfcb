"""What runs in the process of a job: one batch, behind everything else on the machine."""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from foveate.app import create
from foveate.batches.process import end_with_parent
from foveate.batches.reach import AtOrigin
from foveate.batches.run import Going
from foveate.batches.run import batch as run_batch
from foveate.batches.sources import check_found
from foveate.durable import sync_disk
from foveate.errors import FoveateError, NotWritten
from foveate.jobs.order import Order, read
from foveate.ledger.ledger import process_cpu_s

if TYPE_CHECKING:
    from foveate.batches.made import Made
    from foveate.batches.report import BatchReport

log = logging.getLogger("foveate.jobs")
NICE: Final = 19
"""As nice as there is: whoever waits for a picture goes first."""
FIRST_TO_GO: Final = "1000"
"""Where memory is short, the kernel ends this process and leaves the server."""
EVERY_S: Final = 0.05
"""How often progress is told at most."""


@dataclass(slots=True)
class Progress:
    """How far the batch is: told once it has changed, yet not more often than `EVERY_S`."""

    total: int | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _telling: threading.Lock = field(default_factory=threading.Lock)
    _news: threading.Event = field(default_factory=threading.Event)
    _last: dict[str, Any] = field(default_factory=dict)

    def take(self, _: Made, report: BatchReport) -> None:
        """Note how far it is."""
        with self._lock:
            self._last = self.counted(report)
            self._last["at"] = time.time()
        self._news.set()

    def counted(self, report: BatchReport) -> dict[str, Any]:
        """Return the sums as they are told."""
        cpu_s = process_cpu_s() + report.elsewhere_s
        told = {**report.to_json(), "total": self.total, "cpu_s": round(cpu_s, 3)}
        del told["stopped"], told["stopped_at"]
        return told

    def tell_on(self) -> None:
        """Tell, for as long as the process lives."""
        while self._news.wait():
            self._news.clear()
            self.tell()
            time.sleep(EVERY_S)

    def tell(self) -> None:
        """Tell how far it is, if there is anything to be told; whoever tells last has the last."""
        with self._telling:
            with self._lock:
                told = dict(self._last)
            if told:
                say({"progress": told, "at": told.pop("at")})


def serve() -> None:
    """Do the batch that standard input tells of, and say on standard output how it goes."""
    end_with_parent()
    _step_back()
    order = read(sys.stdin.buffer)
    _beside(_end_with, sys.stdin.buffer)
    progress = Progress()
    _beside(_count, order, progress)
    _beside(progress.tell_on)
    try:
        report = _run(order, progress)
    except FoveateError as why:
        progress.tell()
        say({"error": type(why).__name__, "message": why.public, "detail": str(why)})
    except Exception:
        log.exception("A job failed unexpectedly")
        progress.tell()
        say({"error": FoveateError.__name__, "message": FoveateError.summary})
    else:
        stopped_at = report.stopped_at and report.stopped_at.failure
        say({"ended": progress.counted(report), "stopped_at": stopped_at, "at": time.time()})
    sys.stdout.flush()
    os._exit(0)


def _run(order: Order, progress: Progress) -> BatchReport:
    reach = AtOrigin()
    going = Going(workers=order.workers, apart=True, told=progress.take, reach=reach)
    report = run_batch(create(order.settings, reach.opens), order.description, going)
    check_found(order.description.sources, report)
    _settle(order.description.out)
    return report


def _settle(out: str) -> None:
    """Have results on the disk: that a job is done outlives the power. Raises NotWritten."""
    if "://" in out:
        return
    try:
        sync_disk(Path(out))
    except OSError as why:
        raise NotWritten(f"Expected results on the disk of {out}, got {why}.") from why


def _step_back() -> None:
    if sys.platform == "win32":
        return
    # A group, to be ended as one. No session: in its own, being nice would not count on Linux.
    os.setpgid(0, 0)
    with suppress(OSError):
        os.nice(NICE)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(FIRST_TO_GO, encoding="ascii")


def _end_with(stream: BinaryIO) -> None:
    """End once nobody is in front any more, on any system: what was committed stays."""
    stream.read()
    os._exit(1)


def _count(order: Order, progress: Progress) -> None:
    """Count what there is to do, where that needs nobody else's answer."""
    origins, asked = order.settings.origins, order.description
    if "://" not in origins.folder:
        with suppress(FoveateError):
            progress.total = AtOrigin().count(asked.sources, origins)


def _beside(act: Any, *given: Any) -> None:  # noqa: ANN401 - any function
    threading.Thread(target=act, args=given, daemon=True).start()


def say(told: dict[str, Any]) -> None:
    """Write a line of JSON at once."""
    with suppress(BrokenPipeError):
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
