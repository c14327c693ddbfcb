"""Weights in PyTorch's own file format, read without PyTorch and without running what they say.

A checkpoint is a pickle, which is a program. Of that language only the words are known here that
build dictionaries of tensors; anything else is refused before it is looked at.
"""

from __future__ import annotations

import io
import math
import pickle
import pickletools
import struct
import zipfile
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    Storages = Callable[["Storage"], bytes]

KINDS: Final[Mapping[str, str]] = {
    "FloatStorage": "<f4",
    "HalfStorage": "<f2",
    "DoubleStorage": "<f8",
    "LongStorage": "<i8",
    "IntStorage": "<i4",
    "ByteStorage": "<u1",
    "BoolStorage": "?",
}
_ZIP: Final = b"PK"
_MAGIC: Final = 0x1950A86A20F9469CFC6C
_PROTOCOL: Final = 1001
_COUNT: Final = struct.Struct("<q")
_WORDS: Final = frozenset(
    {
        *("PROTO", "STOP", "MARK", "EMPTY_DICT", "EMPTY_TUPLE", "EMPTY_LIST", "NONE", "NEWTRUE"),
        *("NEWFALSE", "BININT", "BININT1", "BININT2", "LONG1", "BINUNICODE", "SHORT_BINUNICODE"),
        *("BINPUT", "LONG_BINPUT", "BINGET", "LONG_BINGET", "MEMOIZE", "TUPLE", "TUPLE1", "TUPLE2"),
        *("TUPLE3", "GLOBAL", "REDUCE", "BINPERSID", "SETITEM", "SETITEMS", "APPEND", "APPENDS"),
        "BUILD",
    }
)
"""Of pickle's language; PyTorch writes nothing else of it."""


@dataclass(frozen=True, slots=True)
class Storage:
    """A row of numbers that tensors are parts of."""

    kind: str
    key: str
    count: int


@dataclass(frozen=True, slots=True)
class _Tensor:
    """What a checkpoint says of a tensor: where in a storage it begins, and how it lies there."""

    storage: Storage
    start: int
    sides: tuple[int, ...]
    steps: tuple[int, ...]

    def of(self, data: bytes) -> NDArray[Any]:
        """Return its values. Raises ValueError where it would reach out of its storage."""
        counts = (self.start, *self.sides, *self.steps)
        if len(self.sides) != len(self.steps) or any(count < 0 for count in counts):
            raise ValueError(f"expected a tensor inside its storage, got {self}")
        kind = np.dtype(self.storage.kind)
        row = np.frombuffer(data, kind)
        held = math.prod(self.sides)
        last = sum((side - 1) * step for side, step in zip(self.sides, self.steps, strict=True))
        if held and (self.start + last >= len(row) or held > len(row)):
            raise ValueError(f"expected a tensor inside its storage, got {self}")
        steps = [step * kind.itemsize for step in self.steps]
        return np.lib.stride_tricks.as_strided(row[self.start :], self.sides, steps).copy()


def _tensor(storage: Storage, start: int, sides: Any, steps: Any, *_: object) -> _Tensor:  # noqa: ANN401
    return _Tensor(storage, int(start), tuple(map(int, sides)), tuple(map(int, steps)))


def _parameter(tensor: _Tensor, *_: object) -> _Tensor:
    return tensor


_CALLED: Final[Mapping[tuple[str, str], Callable[..., object]]] = {
    ("collections", "OrderedDict"): OrderedDict,
    ("torch._utils", "_rebuild_tensor"): _tensor,
    ("torch._utils", "_rebuild_tensor_v2"): _tensor,
    ("torch._utils", "_rebuild_parameter"): _parameter,
}


class _Refusing(pickle._Unpickler):  # noqa: SLF001 - the one in Python, whose words can be changed
    """Knows what tensors are made of, and nothing else that could be called."""

    def _build(self: Any) -> None:
        """Set attributes of a dictionary, as PyTorch does to tell versions, and of nothing else."""
        if type(self.stack[-2]) is not OrderedDict:
            raise ValueError(f"refused to set attributes of {type(self.stack[-2]).__name__}")
        self.load_build()

    dispatch: ClassVar[dict[int, Any]] = {**pickle._Unpickler.dispatch, pickle.BUILD[0]: _build}  # noqa: SLF001

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 - what pickle declares
        if (module, name) in _CALLED:
            return _CALLED[module, name]
        if module == "torch" and name in KINDS:
            return KINDS[name]
        raise ValueError(f"refused {module}.{name}")

    def persistent_load(self, pid: Any) -> Storage:  # noqa: ANN401
        word, kind, key, _, count, *_ = pid
        if word != "storage" or kind not in KINDS.values() or not isinstance(count, int):
            raise ValueError(f"expected a storage of tensors, got {pid!r}")
        return Storage(kind, str(key), count)


def _unpickled(file: io.BytesIO) -> Any:  # noqa: ANN401 - whatever somebody put in
    """Return the next pickle of a file. Raises ValueError for any that is not of tensors alone."""
    start = file.tell()
    try:
        _check_words(file)
        file.seek(start)
        # What it may name is decided above.
        return _Refusing(file).load()
    except Exception as why:
        # A broken pickle raises nearly anything.
        raise ValueError(f"expected a pickle of tensors and nothing else: {why}") from why


def _check_words(file: io.BytesIO) -> None:
    puts = 0
    for word, argument, _ in pickletools.genops(file):
        if word.name not in _WORDS:
            raise ValueError(f"refused the word {word.name}")
        if "PUT" in word.name:
            puts += 1
            # The memo is made as large as its largest number.
            if argument is not None and int(argument) > puts:
                raise ValueError(f"refused the memo {argument}")


def read(data: bytes) -> dict[str, NDArray[Any]]:
    """Return the tensors of a .pth file by name; zip files and the older format are known.

    Raises ValueError for anything that holds more than a flat dictionary of tensors, or less.
    """
    named, storages = _of_zip(data) if data.startswith(_ZIP) else _of_pickles(data)
    if not isinstance(named, dict) or not named:
        raise ValueError(f"expected a dictionary of tensors, got {type(named).__name__}")
    found: dict[str, NDArray[Any]] = {}
    for name, tensor in named.items():
        if not isinstance(name, str) or not isinstance(tensor, _Tensor):
            raise ValueError(f"expected tensors by name, got {type(tensor).__name__} for {name!r}")  # noqa: TRY004
        found[name] = tensor.of(storages(tensor.storage))
    return found


def _of_zip(data: bytes) -> tuple[Any, Storages]:
    """Return what a checkpoint of today holds, and what reads its storages."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        (pickled,) = [name for name in archive.namelist() if name.endswith("data.pkl")]
    except (zipfile.BadZipFile, ValueError) as why:
        raise ValueError(f"expected a zip file with one data.pkl: {why}") from why
    root = pickled.removesuffix("data.pkl")

    def stored(name: str) -> bytes:
        try:
            # PyTorch compresses nothing; what is compressed may be a thousand times as large.
            if archive.getinfo(name).compress_type != zipfile.ZIP_STORED:
                raise ValueError(f"expected {name} as it is, got it compressed")
            return archive.read(name)
        except (KeyError, OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as why:
            raise ValueError(f"expected {name} in the checkpoint: {why}") from why

    return _unpickled(io.BytesIO(stored(pickled))), lambda of: stored(f"{root}data/{of.key}")


def _of_pickles(data: bytes) -> tuple[Any, Storages]:
    """Return what a checkpoint from before 2020 holds, and what reads its storages.

    It is five pickles (a number, a version, facts of the machine, the tensors, the names of the
    storages), and then the storages, each after its count.
    """
    file = io.BytesIO(data)
    if (_unpickled(file), _unpickled(file)) != (_MAGIC, _PROTOCOL):
        raise ValueError("expected a checkpoint of PyTorch, got another file")
    _unpickled(file)
    named, keys = _unpickled(file), _unpickled(file)
    tensors = named.values() if isinstance(named, dict) else ()
    sizes = {
        each.storage.key: np.dtype(each.storage.kind).itemsize
        for each in tensors
        if isinstance(each, _Tensor)
    }
    storages: dict[str, bytes] = {}
    for key in keys:
        head = file.read(_COUNT.size)
        if len(head) < _COUNT.size or key not in sizes:
            raise ValueError(f"expected the storage {key!r} to be there and to be used")
        (count,) = _COUNT.unpack(head)
        storages[key] = file.read(max(0, count) * sizes[key])
        if len(storages[key]) != count * sizes[key]:
            raise ValueError(f"expected {count} numbers in the storage {key!r}")

    def stored(of: Storage) -> bytes:
        if of.key not in storages:
            raise ValueError(f"expected a storage {of.key!r}, found none")
        return storages[of.key]

    return named, stored
