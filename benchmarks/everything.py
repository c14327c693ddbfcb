"""Memory with every network loaded: over many mixed requests, and after they were let go."""

from __future__ import annotations

import http.client
import random
import time
from itertools import islice
from typing import TYPE_CHECKING, Final

import corpus
import peers
import processes
from load import drive
from memory import History
from results import Check, Outcome, Table
from rounds import in_places
from servers import HOST, serving
from speed import CONNECTIONS, analysis_cache

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rounds import Places
    from servers import Server

REQUESTS: Final = 1000
CHUNK: Final = 25
IDLE_S: Final = 20
MAX_GROWTH_MIB: Final = 30.0
PARTS: Final = "faces,saliency,matte,attributes,embedding,objects,tags,text,moderation"
OPTIONS: Final = (
    "width={width},height={width},fit=cover,gravity=auto",
    "width={width},height={width},fit=cover,gravity=face,zoom=0.3",
    "width={width},redact=faces",
    "width={width},segment=foreground,segment.quality=fast,format=webp",
    "width={width}",
)
FINE: Final = "width={width},segment=foreground,segment.quality=balanced,format=webp"
FINE_EVERY: Final = 50
"""Every so many requests cut out with ISNet, which takes a second of processor time."""
SETTINGS: Final = {
    **analysis_cache(0),
    "attributes": "age gender emotion race",
    "models__acknowledged_licences": "AGPL-3.0",
    "runtime__idle_s": str(IDLE_S),
}


def _mixed(files: Iterator[str]) -> Iterator[str]:
    chance = random.Random(1)
    for number, file in enumerate(files):
        options = FINE if number % FINE_EVERY == 0 else OPTIONS[number % len(OPTIONS)]
        yield f"/cdn-cgi/image/{options.format(width=chance.randint(100, 1600))}/{file}"


def _analysed(server: Server, picture: bytes) -> bool:
    """Ask for all that is known of a picture, and return whether it was answered."""
    connection = http.client.HTTPConnection(HOST, server.port, timeout=60)
    connection.request("POST", f"/v1/analyse?parts={PARTS}", picture)
    return connection.getresponse().status == http.HTTPStatus.OK


def _watch(server: Server, places: Places, requests: int) -> tuple[History, float]:
    """Return the memory along the way, and after the networks were let go, in MiB."""
    originals = corpus.build()
    paths = _mixed(corpus.links(places.origin, originals))
    history = History(idle=processes.pss_mib(server.pid))
    with processes.PeakMemory(server.pid) as peak:
        for done in range(CHUNK, requests + 1, CHUNK):
            load = drive(server.port, islice(paths, CHUNK), connections=CONNECTIONS)
            picture = originals[done // CHUNK % len(originals)].read_bytes()
            history.failures += sum(load.failures.values()) + (not _analysed(server, picture))
            history.along.append((done, processes.pss_mib(server.pid)))
        history.peak = peak.mib
    history.end = processes.pss_mib(server.pid)
    time.sleep(IDLE_S + 10)
    return history, processes.pss_mib(server.pid)


def everything(*, quick: bool) -> Outcome:
    """Return the memory of a server that uses all of its networks."""
    requests = REQUESTS // 5 if quick else REQUESTS

    def measurement(places: Places) -> tuple[History, float]:
        launch = peers.foveate(places.origin, places.work, **SETTINGS)
        with serving(launch) as server:
            return _watch(server, places, requests)

    history, rested = in_places(measurement)
    growth = history.growth()
    header = ("idle MiB", "peak MiB", "end MiB", "rise over 2nd half MiB", "unloaded MiB")
    row = (*history.row()[:-1], f"{rested:.0f}")
    return Outcome(
        "everything",
        f"Memory (PSS) with every network loaded, over {requests} mixed requests",
        checks=[
            Check(
                "flat: rise over the second half",
                f"<= {MAX_GROWTH_MIB:.0f} MiB",
                f"{growth:.1f} MiB",
                growth <= MAX_GROWTH_MIB,
            ),
            Check(
                "idle networks are unloaded",
                "<= half of the end",
                f"{rested:.0f} of {history.end:.0f} MiB",
                rested <= history.end / 2,
            ),
            Check(
                "every request answered with 200", "0 failures", str(history.failures),
                not history.failures,
            ),
        ],
        tables=[Table(f"{CONNECTIONS} connections, 12 MP sources", header, [row])],
        notes=[
            ("Crops by gravity auto and face, redaction, cut-outs with the selfie network, every "
            f"{FINE_EVERY}th with ISNet at 768 px, and a POST for all parts of an analysis every "
            f"{CHUNK}; analysis cache off. Networks unload after {IDLE_S} s here (600 s usually)."),
        ],
    )  # fmt: skip
