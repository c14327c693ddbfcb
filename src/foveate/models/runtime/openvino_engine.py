"""Networks in OpenVINO, on processors: compiled for fixed shapes, which is what makes them fast.

The only home of openvino, which is imported when the first network is opened.
"""

from __future__ import annotations

import threading
from collections import deque
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from foveate.cores import cores
from foveate.deadline import current
from foveate.errors import WeightsCorrupt
from foveate.models import quiet

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from foveate.models.runtime.buckets import Buckets

Shape = tuple[int, ...]
MAX_STREAMS: Final = 8
"""How many requests may be inside one network at once; the next ones wait. Each stream has
working memory of its own for every shape."""
ANY: Final[Shape] = ()
"""Stands for the form of a network that takes any shape."""


def installed() -> bool:
    """Return whether OpenVINO is here. It is not imported."""
    return find_spec("openvino") is not None


@cache
def _core() -> Any:  # noqa: ANN401
    return quiet.openvino().Core()


class _Compiled:
    """A compiled network and its idle requests: one serves one thread at a time."""

    def __init__(self, model: Any) -> None:  # noqa: ANN401
        self.model = model
        self._idle: deque[Any] = deque()

    def run(self, inputs: Mapping[str, NDArray[np.generic]]) -> list[NDArray[np.float32]]:
        try:
            request = self._idle.pop()
        except IndexError:
            request = self.model.create_infer_request()
        # Inputs are read where they lie; outputs are copied, since the request is reused.
        with current().stopping(request.cancel):
            results = request.infer(dict(inputs), share_inputs=True)
        self._idle.append(request)
        return [results[number] for number in range(len(results))]


class OpenVinoSession:
    """A network in OpenVINO."""

    def __init__(
        self,
        path: Path,
        *,
        precision: str = "f32",
        threads: int = 1,
        buckets: Buckets | None = None,
        blobs: Path | None = None,
    ) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._compiled: dict[Shape, _Compiled] = {}
        streams = max(1, min(MAX_STREAMS, cores() // threads))
        self._config: dict[str, Any] = {
            "INFERENCE_PRECISION_HINT": precision,
            "NUM_STREAMS": streams,
            "INFERENCE_NUM_THREADS": streams * threads,  # of all streams together
            # Pinned streams of two processes, or of two networks, fight for the same core.
            "ENABLE_CPU_PINNING": False,
        }
        if blobs is not None:
            self._config["CACHE_DIR"] = str(blobs)
        self._shapes = buckets.shapes if buckets else _own_shapes(self._read())
        at_load = self._shapes if buckets is None or buckets.at_load else self._shapes[-1:]
        for shape in at_load or (ANY,):
            self._form(shape)

    @property
    def provider(self) -> str:
        """Return what it really runs on, e.g. `openvino CPU bf16`."""
        form = next(iter(self._compiled.values()))
        kind = form.model.get_property("INFERENCE_PRECISION_HINT").to_string()
        return f"openvino CPU {kind.replace('bfloat', 'bf').replace('float', 'f')}"

    @property
    def shapes(self) -> Sequence[Shape]:
        """Return the input shapes that it is compiled for. Rows of a batch go one by one."""
        return self._shapes

    def compile_all(self) -> None:
        """Compile what is left for later, so that its blobs lie in the cache."""
        for shape in self._shapes:
            self._form(shape)

    def run(self, inputs: Mapping[str, NDArray[np.generic]]) -> Sequence[NDArray[np.float32]]:
        """Return the outputs in the order of the network. Safe to call from many threads.

        Raises TimedOut or ClientDisconnected when the current deadline ends between two of its
        operators.
        """
        (name, given), *others = inputs.items()
        shape = given.shape
        if others or not self._shapes:
            return self._form(ANY).run(inputs)
        if shape in self._shapes:
            return self._form(shape).run(inputs)
        if len(given) > 1 and (single := (1, *shape[1:])) in self._shapes:
            form = self._form(single)
            rows = [form.run({name: given[row : row + 1]}) for row in range(len(given))]
            return [np.concatenate(outputs) for outputs in zip(*rows, strict=True)]
        return self._form(ANY).run(inputs)

    def _read(self) -> Any:  # noqa: ANN401
        try:
            return _core().read_model(str(self._path))
        except RuntimeError as why:
            raise WeightsCorrupt(f"OpenVINO cannot load {self._path}: {why}") from why

    def _form(self, shape: Shape) -> _Compiled:
        """Return the network compiled for a shape, or for any; now, if it was not before."""
        if shape not in self._compiled:
            with self._lock:
                if shape not in self._compiled:
                    # Read anew each time: a model in memory would cost its weights once more.
                    model = self._read()
                    if shape:
                        model.reshape(list(shape))
                    compiled = _core().compile_model(model, "CPU", self._config)
                    self._compiled[shape] = _Compiled(compiled)
        return self._compiled[shape]


def _own_shapes(model: Any) -> tuple[Shape, ...]:  # noqa: ANN401
    """Return the shape for one picture of a network whose sides are fixed; none if they are not."""
    if len(model.inputs) != 1:
        return ()
    batch, *sides = model.inputs[0].get_partial_shape()
    if any(side.is_dynamic for side in sides):
        return ()
    return ((1 if batch.is_dynamic else batch.get_length(), *(s.get_length() for s in sides)),)
