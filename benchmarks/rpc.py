"""What a call of a stage costs beside the stage: against a bare gRPC echo of the same size.

    python benchmarks/rpc.py [--quick]

Stages that do nothing answer in a process of their own, beside an echo that knows nothing of ours:
what takes longer than the echo is admission, messages taken apart and put together, the hop to a
worker, the read of an upload. Ways take turns.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import uvloop
from results import Check, Outcome, Table, tell

from foveate.app import create
from foveate.deadline import NEVER
from foveate.delivery.admission import SWITCH_S
from foveate.delivery.delivery import Delivery
from foveate.geometry.box import Size
from foveate.imaging import Image
from foveate.metrics import Metrics
from foveate.remote import messages as m
from foveate.remote import stages_pb2 as pb
from foveate.remote.caller import Caller
from foveate.remote.library import grpc
from foveate.remote.methods import EMBED, FIND_LOOKS, PREPROCESS
from foveate.rpc.server import RpcServer
from foveate.service.recognise import Recogniser
from foveate.service.stages.arrays import array_to_bytes
from foveate.service.stages.look import Looker
from foveate.service.stages.preprocess import FaceCrops, Preprocessed
from foveate.service.stages.running import InThreads
from foveate.service.work import Work
from foveate.settings import Caching, Rpc, Settings, Stages
from foveate.vision.batches import ONE_BY_ONE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Executor

    from foveate.app import App
    from foveate.remote.methods import Method
    from foveate.service.stages.preprocess import Look

NAME, TITLE = "rpc", "Stages over gRPC"
HOST: Final = "127.0.0.1"
ECHO: Final = "/bare.Echo/Echo"
MOST: Final = 2.0
"""Times a bare echo."""
SIDES: Final = (512, 1024, 2048)
VECTOR: Final = np.full(512, 0.04, np.float32)
MAPS: Final = np.zeros((2, 64, 48), np.float32)


@dataclass(frozen=True)
class Nothing:
    """A stage that says the same of everything, at once."""

    says: Any
    name: str = "nothing"

    def batch_sizes(self) -> tuple[int, ...]:
        return ONE_BY_ONE

    def __call__(self, _: object) -> object:
        return self.says

    def batch(self, items: Sequence[Any]) -> list[Any]:
        return [self.says] * len(items)


def preprocess(look: Look) -> Work[Preprocessed]:
    made = Preprocessed(size=Size(1, 1), faces=(), crops=())
    # The header is read wherever the stage runs, and so is not counted.
    return Work(len(look.picture.data), lambda _deadline, _trace: made)


def app_of(folder: str, pool: Executor) -> App:
    app = create(Settings(caching=Caching(folder=folder)))
    recogniser = Recogniser(
        analyses=app.analyses,
        preprocess=preprocess,
        embed=InThreads(Nothing(VECTOR), pool),
        reads={},
    )
    looker = Looker(InThreads(Nothing(()), pool), InThreads(Nothing(MAPS), pool))
    return replace(app, recogniser=recogniser, looker=looker)


async def serve(folder: str) -> None:
    """Answer on both ports, which are told on standard output, until standard input ends."""
    sys.setswitchinterval(SWITCH_S)
    with ThreadPoolExecutor(2) as pool:
        app, metrics = app_of(folder, pool), Metrics()
        ours = RpcServer(app, host=HOST, port=0)
        await ours.start(Delivery(app, metrics), metrics)
        bare = grpc().aio.server(options=[("grpc.max_receive_message_length", -1)])

        async def echo(request: bytes, _context: object) -> bytes:
            return request[4 : 4 + int.from_bytes(request[:4], "big")]

        handler = grpc().unary_unary_rpc_method_handler(echo)
        bare.add_generic_rpc_handlers(
            (grpc().method_handlers_generic_handler("bare.Echo", {"Echo": handler}),)
        )
        port = bare.add_insecure_port(f"{HOST}:0")
        await bare.start()
        references = {side: (await app.references.put(photo(side))).name for side in SIDES}
        print(json.dumps({"ours": ours.port, "bare": port, "references": references}), flush=True)
        await asyncio.to_thread(sys.stdin.read)
        await bare.stop(0)
        await ours.stop(0)


def photo(side: int) -> bytes:
    """A JPEG of noise: the larger the side, the more bytes."""
    noise = np.random.default_rng(side).integers(0, 256, (side, side, 3), np.uint8)
    image = Image.new_from_array(noise, interpretation="srgb")
    data: bytes = image.jpegsave_buffer(Q=75)
    return data


@dataclass(frozen=True, eq=False)
class Case:
    """One call, and the echo of its size."""

    name: str
    method: Method
    request: Any
    size: int
    """Of what the echo carries: of the picture, also where that goes by reference."""


def cases(references: dict[str, str]) -> list[Case]:
    crops = FaceCrops(crops={"embedding": np.zeros(m.SHAPES["embedding"], np.uint8)})
    found = []
    for count in (1, 8):
        request = pb.EmbedRequest(faces=m.crops_messages([crops] * count, ["embedding"]))
        found.append(Case(f"embed {count}", EMBED, request, request.ByteSize()))
    rgb = pb.FindLooksRequest(rgb=array_to_bytes(np.zeros((448, 336, 3), np.uint8)))
    found.append(Case("look", FIND_LOOKS, rgb, rgb.ByteSize()))
    for side in SIDES:
        image = pb.Picture(image=photo(side))
        name = pb.Picture(reference=references[str(side)])
        for how, picture in (("bytes", image), ("reference", name)):
            request = pb.PreprocessRequest(picture=picture, words=["embedding"])
            found.append(Case(f"preprocess by {how}", PREPROCESS, request, len(image.image)))
    return found


def timed(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1000


def compared(
    case: Case, ours: Caller, echo: Callable[[bytes], bytes], rounds: int
) -> tuple[float, float]:
    """Medians of a call of ours and of the echo, in milliseconds."""
    answer = ours.call(case.method, case.request, NEVER).ByteSize()
    payload = answer.to_bytes(4, "big") + bytes(max(answer, case.size))
    walls: tuple[list[float], list[float]] = [], []
    for number in range(rounds + 3):
        pair = (
            timed(lambda: ours.call(case.method, case.request, NEVER)),
            timed(lambda: echo(payload)),
        )
        if number >= 3:
            for wall, ms in zip(walls, pair, strict=True):
                wall.append(ms)
    return median(walls[0]), median(walls[1])


def measure(*, quick: bool = False) -> Outcome:
    """Measure all of it."""
    outcome, rounds = Outcome(NAME, TITLE), 30 if quick else 300
    with TemporaryDirectory() as folder, serving(folder) as server:
        assert server.stdout
        said = json.loads(server.stdout.readline())
        ours = Caller("ours", f"{HOST}:{said['ours']}", Stages(), Rpc())
        bare = grpc().insecure_channel(f"{HOST}:{said['bare']}")
        took = {}
        for case in cases(said["references"]):
            took[case] = compared(case, ours, bare.unary_unary(ECHO), rounds)
        bare.close()
        ours.close()
        assert server.stdin
        server.stdin.close()
    rows = [
        (case.name, f"{case.size / 1024:,.0f}", f"{call:.2f}", f"{echo:.2f}", f"{call / echo:.2f}")
        for case, (call, echo) in took.items()
    ]
    header = ("call", "KiB", "ms", "bare echo, ms", "times")
    outcome.tables.append(Table("A call of a stage that does nothing, medians", header, rows))
    for case, (call, echo) in took.items():
        what = f"{case.name}, {case.size / 1024:,.0f} KiB, over a bare echo"
        times = call / echo
        outcome.checks.append(Check(what, f"<= {MOST:g}x", f"{times:.2f}x", times <= MOST))
    return outcome


def serving(folder: str) -> subprocess.Popen[str]:
    command = [sys.executable, __file__, "--serve", folder]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--serve", metavar="FOLDER", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        uvloop.run(serve(given.serve))  # the loop of `foveate serve` and `foveate stage`
    else:
        tell(measure(quick=given.quick))
