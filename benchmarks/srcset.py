"""The widths of a `srcset`, one after the other, from sources that nobody asked for before."""

from __future__ import annotations

from contextlib import ExitStack
from itertools import islice
from statistics import median
from typing import TYPE_CHECKING, Final

import corpus
import peers
from processes import cpu_ms
from results import Check, Outcome, Table
from rounds import in_places, ratio, three_digits
from servers import serving

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rounds import Places
    from servers import Server

OK: Final = 200
OURS: Final = "foveate"
WIDTHS: Final = (320, 640, 960, 1280, 1600)
PATTERNS: Final = {
    OURS: "/cdn-cgi/image/width={},quality=80,format=baseline-jpeg/{}",
    "ipx": "/w_{},f_jpeg,q_80/{}",
    "sharp-http": "/{1}?w={0}&f=jpeg&q=80",
}
SET, LATER = "the whole set", "the 2nd to the 5th"
TARGETS: Final = {SET: 3.0, LATER: 5.0}
NOTES: Final = (
    "Baseline JPEG of quality 80 for everybody; one request at a time, the narrowest first.",
    (
        "Foveate keeps decoded pixels of what is asked for again; its peers keep nothing, and "
        "decode each time."
    ),
    (
        "From the eighth source on Foveate expects the other widths of a set, and decodes its "
        "first one finely enough for all: the first round shows it before that."
    ),
)


def _cost(server: Server, names: Sequence[str]) -> dict[str, float]:
    """Return the CPU ms of a set, and of all but its first, over new sources."""
    first = later = 0.0
    for name in names:
        begun = cpu_ms(server.pid)
        for number, width in enumerate(WIDTHS):
            if server.get(PATTERNS[server.name].format(width, name)).status != OK:
                raise RuntimeError(f"{server.name}: expected 200 for {name} at {width}")
            if not number:
                first += cpu_ms(server.pid) - begun
        later += cpu_ms(server.pid) - begun
    return {SET: later / len(names), LATER: (later - first) / len(names)}


def _measured(places: Places, *, quick: bool) -> dict[str, list[dict[str, float]]]:
    """Return for each server what its rounds took."""
    names = corpus.links(places.origin, corpus.build())
    launches = (
        peers.foveate(places.origin, places.work),
        peers.node_peer("ipx", places.origin),
        peers.node_peer("sharp", places.origin),
    )
    with ExitStack() as stack:
        running = [stack.enter_context(serving(launch)) for launch in launches]
        for server in running:  # codecs load outside the measurement
            _cost(server, list(islice(names, 1)))
        rounds = range(1 if quick else 5)
        each = [[_cost(server, list(islice(names, 6))) for server in running] for _ in rounds]
    return {
        server.name: list(costs)
        for server, costs in zip(running, zip(*each, strict=True), strict=True)
    }


def _outcome(measured: Mapping[str, Sequence[Mapping[str, float]]]) -> Outcome:
    ours, checks = measured[OURS], []
    for which, target in TARGETS.items():
        pairs = ([cost[which] for cost in costs] for costs in (ours, measured["ipx"]))
        value, shown = ratio(*pairs)
        what = f"CPU of {which}, ipx / {OURS}"
        checks.append(Check(what, f">= {target:g}x", shown, value >= target))
    rows = [
        (name, *(three_digits(median(cost[which] for cost in costs)) for which in TARGETS))
        for name, costs in measured.items()
    ]
    header = ("server", *(f"{which}, CPU ms" for which in TARGETS))
    return Outcome(
        "srcset",
        f"12 MP to JPEGs {', '.join(map(str, WIDTHS))} px wide",
        checks=checks,
        tables=[Table("Medians of the rounds, means of six sources", header, rows)],
        notes=list(NOTES),
    )


def srcset(*, quick: bool) -> Outcome:
    """Return what the widths of one picture cost, ours and the peers'."""
    return in_places(lambda places: _outcome(_measured(places, quick=quick)))
