"""Loaded networks: which engine, which processor, how many threads, each default with its reason.

The only home of onnxruntime, which is imported when the first network is opened.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from foveate.errors import BadSettings, WeightsCorrupt, WeightsMissing
from foveate.models.cards import choose
from foveate.models.fetch import Status, catalogue, check_licence, verify, where

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from foveate.ports import Session
    from foveate.settings import Models

log = logging.getLogger(__name__)
T = TypeVar("T")

PROVIDERS: Final[Mapping[str, tuple[str, ...]]] = {
    "cpu": ("CPUExecutionProvider",),
    "cuda": ("CUDAExecutionProvider", "CPUExecutionProvider"),
    "tensorrt": ("TensorrtExecutionProvider", "CUDAExecutionProvider", "CPUExecutionProvider"),
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

    def run(self, inputs: Mapping[str, NDArray[np.generic]]) -> Sequence[NDArray[np.float32]]:
        """Return the outputs in the order of the network. Safe to call from many threads."""
        outputs: Sequence[NDArray[np.float32]] = self.inner.run(None, dict(inputs))
        return outputs


def open_onnx(path: Path, settings: Models) -> OnnxSession:
    """Return an ONNX file as a session. Raises WeightsCorrupt when it cannot be read."""
    # Half a second and 40 MB, so only where a network runs. It comes without types.
    import onnxruntime  # type: ignore[import-untyped]  # noqa: PLC0415

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # errors; its warnings are about the graph, not for operators
    options.intra_op_num_threads = settings.threads
    options.inter_op_num_threads = 1  # these networks are one chain: nothing runs side by side
    # Spinning threads would burn the cores that decode and encode pictures.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # The arena stays: giving every tensor back to the kernel costs 2.3 times the processor time.
    # The pattern goes: it plans memory for each shape anew, and our pictures have many shapes.
    # benchmarks/faces.py measures all three ways.
    options.enable_cpu_mem_arena = True
    options.enable_mem_pattern = False
    available = onnxruntime.get_available_providers()
    providers = [name for name in PROVIDERS[settings.provider] if name in available]
    failures = onnxruntime.capi.onnxruntime_pybind11_state
    unreadable = tuple(getattr(failures, name) for name in _UNREADABLE)
    try:
        inner = onnxruntime.InferenceSession(str(path), options, providers=providers)
    except unreadable as why:
        raise WeightsCorrupt(f"onnxruntime cannot load {path}: {why}") from why
    return OnnxSession(inner)


ENGINES: Final[Mapping[str, Callable[[Path, Models], Session]]] = {"onnxruntime": open_onnx}


def open_session(path: Path, settings: Models, engine: str = "onnxruntime") -> Session:
    """Return the network in that file, and warn when it does not run where it was asked to.

    Raises BadSettings for a provider that we do not know, and WeightsCorrupt.
    """
    if settings.provider not in PROVIDERS:
        known = ", ".join(PROVIDERS)
        raise BadSettings(f"models.provider: expected one of {known}; got {settings.provider!r}")
    session = ENGINES[engine](path, settings)
    wanted = PROVIDERS[settings.provider][0]
    if session.provider != wanted:
        message = "%s was asked for (models.provider=%s) and is not available; %s runs on %s."
        log.warning(message, wanted, settings.provider, path.name, session.provider)
    return session


def open_model(name: str, settings: Models) -> Session:
    """Return a card's network, checked byte by byte.

    Raises UnknownModel, LicenceNotAcknowledged, WeightsMissing or WeightsCorrupt.
    """
    (card,) = choose(catalogue(settings), [name])
    check_licence(card, settings)
    status = verify(card, settings)
    path = where(card, settings)
    if status is Status.MISSING:
        raise WeightsMissing(name)
    if status is Status.CORRUPT:
        cure = f"Fetch it anew: foveate models pull {name}"
        raise WeightsCorrupt(f"{path} does not have the sha256 of its card. {cure}")
    return open_session(path, settings)


class Once(Generic[T]):
    """Something made on first use, by one thread, while the others wait for it.

    A failure is raised to who asked, and the next one tries again.
    """

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._made: tuple[T] | None = None
        self._lock = threading.Lock()

    @property
    def loaded(self) -> bool:
        """Return whether it is there already. Never waits."""
        return self._made is not None

    def __call__(self) -> T:
        """Return it, made now if need be. Raises what making it raises."""
        if self._made is None:
            with self._lock:
                if self._made is None:
                    self._made = (self._make(),)
        return self._made[0]


class Registry:
    """The networks of one process, each loaded at most once."""

    def __init__(self, settings: Models) -> None:
        self._settings = settings
        self._sessions: dict[str, Once[Session]] = {}
        self._lock = threading.Lock()

    def session(self, name: str) -> Once[Session]:
        """Return what loads that network on first use. Nothing is loaded here."""
        with self._lock:
            if name not in self._sessions:
                self._sessions[name] = Once(lambda: open_model(name, self._settings))
            return self._sessions[name]

    def loaded(self) -> dict[str, str]:
        """Return the networks asked for so far: their provider, or an empty string before that."""
        with self._lock:
            held = dict(self._sessions)
        return {name: once().provider if once.loaded else "" for name, once in held.items()}
