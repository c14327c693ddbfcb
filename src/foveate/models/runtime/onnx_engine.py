"""Networks in onnxruntime: which provider, how many threads, each default with its reason.

The only home of onnxruntime's sessions; it is imported when the first network is opened.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from foveate.deadline import current
from foveate.errors import BadSettings, WeightsCorrupt
from foveate.models import quiet

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

log = logging.getLogger(__name__)

ON_CPU: Final = "CPUExecutionProvider"
PROVIDERS: Final[Mapping[str, tuple[str, ...]]] = {
    "cpu": (ON_CPU,),
    "cuda": ("CUDAExecutionProvider", ON_CPU),
    "tensorrt": ("TensorrtExecutionProvider", "CUDAExecutionProvider", ON_CPU),
}
_UNREADABLE: Final = ("Fail", "InvalidArgument", "InvalidGraph", "InvalidProtobuf")


@dataclass(frozen=True, slots=True)
class OnnxSession:
    """A network in onnxruntime."""

    inner: Any

    @property
    def provider(self) -> str:
        """Return what it really runs on."""
        return str(self.inner.get_providers()[0])

    @property
    def shapes(self) -> Sequence[tuple[int, ...]]:
        """Return nothing: any shape is as good as another."""
        return ()

    @property
    def inputs(self) -> Sequence[str]:
        """Return the names of its inputs."""
        return [str(each.name) for each in self.inner.get_inputs()]

    def run(self, inputs: Mapping[str, NDArray[np.generic]]) -> Sequence[NDArray[np.float32]]:
        """Return the outputs in the order of the network. Safe to call from many threads.

        Raises TimedOut or ClientDisconnected when the current deadline ends between two of its
        operators.
        """
        options = quiet.onnxruntime().RunOptions()

        def stop() -> None:
            options.terminate = True

        with current().stopping(stop):
            outputs: Sequence[NDArray[np.float32]] = self.inner.run(None, dict(inputs), options)
        return outputs


MOST_SHAPES: Final = 12
"""Sessions of one network on a device; of each shape beyond, the one longest unused makes room."""


class OnDevice:
    """A network in onnxruntime on a device: a session for each shape of its inputs.

    One session that is given another shape than the last time prepares for it anew, which takes
    0.1 to 2.5 seconds on an H200, and forgets the other one (benchmarks/gpu.py).
    """

    def __init__(
        self,
        first: OnnxSession,
        another: Callable[[], OnnxSession],
        shapes: Sequence[tuple[int, ...]] = (),
    ) -> None:
        self._first: OnnxSession | None = first
        self._another = another
        self._shapes = tuple(shapes)
        self._sessions: OrderedDict[tuple[tuple[int, ...], ...], OnnxSession] = OrderedDict()
        self._lock = threading.Lock()
        self.provider = first.provider
        self.inputs = first.inputs

    @property
    def shapes(self) -> Sequence[tuple[int, ...]]:
        """Return those to bring pictures to; empty where things have one shape, but for batches."""
        return self._shapes

    def run(self, inputs: Mapping[str, NDArray[np.generic]]) -> Sequence[NDArray[np.float32]]:
        """Return the outputs in the order of the network. Safe to call from many threads."""
        return self._session(tuple(inputs[name].shape for name in sorted(inputs))).run(inputs)

    def _session(self, shape: tuple[tuple[int, ...], ...]) -> OnnxSession:
        with self._lock:
            if shape not in self._sessions:
                self._sessions[shape] = self._first or self._another()
                self._first = None
                if len(self._sessions) > MOST_SHAPES:
                    self._sessions.popitem(last=False)
            self._sessions.move_to_end(shape)
            return self._sessions[shape]


def _options(onnxruntime: Any, threads: int) -> Any:  # noqa: ANN401 - it comes without types
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # errors; its warnings are about the graph, not for operators
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1  # these networks are one chain: nothing runs side by side
    # Spinning threads would burn the cores that decode and encode pictures.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # The arena stays: giving every tensor back to the kernel costs 2.3 times the processor time.
    # The pattern goes: it plans memory for each shape anew, and our pictures have many shapes.
    # benchmarks/faces.py measures all three ways.
    options.enable_cpu_mem_arena = True
    options.enable_mem_pattern = False
    return options


def providers_here() -> tuple[str, ...]:
    """Return the providers of the onnxruntime that is installed."""
    return tuple(quiet.onnxruntime().get_available_providers())


def open_onnx(
    path: Path,
    *,
    provider: str = "cpu",
    threads: int = 1,
    shapes: Sequence[tuple[int, ...]] = (),
) -> OnnxSession | OnDevice:
    """Return an ONNX file as a session, and warn when it does not run where it was asked to.

    `shapes` are those to bring pictures to where each new one costs time. Raises BadSettings for a
    provider that we do not know, and WeightsCorrupt for a file that cannot be read.
    """
    if provider not in PROVIDERS:
        known = ", ".join(PROVIDERS)
        raise BadSettings(f"runtime.provider: expected one of {known}; got {provider!r}")
    opened = partial(_opened, path, provider, threads)
    session = opened()
    if session.provider != (wanted := PROVIDERS[provider][0]):
        message = "%s was asked for (runtime.provider=%s) and is not available; %s runs on %s."
        log.warning(message, wanted, provider, path.name, session.provider)
    return session if session.provider == ON_CPU else OnDevice(session, opened, shapes)


def open_graph(model: bytes) -> OnnxSession:
    """Return a graph that was written here as a session: on the processor, in float32."""
    onnxruntime = quiet.onnxruntime()
    options = _options(onnxruntime, 1)
    return OnnxSession(onnxruntime.InferenceSession(model, options, providers=[ON_CPU]))


def _opened(path: Path, provider: str, threads: int) -> OnnxSession:
    onnxruntime = quiet.onnxruntime()
    providers = [name for name in PROVIDERS[provider] if name in providers_here()]
    failures = onnxruntime.capi.onnxruntime_pybind11_state
    unreadable = tuple(getattr(failures, name) for name in _UNREADABLE)
    options = _options(onnxruntime, threads)
    try:
        return OnnxSession(onnxruntime.InferenceSession(str(path), options, providers=providers))
    except unreadable as why:
        raise WeightsCorrupt(f"onnxruntime cannot load {path}: {why}") from why
