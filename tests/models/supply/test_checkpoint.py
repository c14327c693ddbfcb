"""Checkpoints that hold tensors are read, and nothing that they say is run."""

from __future__ import annotations

import io
import pickle
import struct
import zipfile
from collections import OrderedDict
from typing import Any

import numpy as np
import pytest

from foveate.models.supply.checkpoint import read

PICKLED = "archive/data.pkl"


class Named:
    """Stands in a pickle for something of another module, by its name."""

    def __init__(self, module: str, name: str) -> None:
        self.module, self.name = module, name


class Stored:
    """Stands for a storage, by what PyTorch writes of it."""

    def __init__(self, *said: object) -> None:
        self.said = said


class Called:
    """Stands for a call."""

    def __init__(self, what: Named, *arguments: object) -> None:
        self.what, self.arguments = what, arguments


class Writer(pickle._Pickler):  # noqa: SLF001 - the one in Python, which can be taught
    """Writes pickles as PyTorch does, with names that need not be there."""

    def persistent_id(self, thing: object) -> Any:
        return thing.said if isinstance(thing, Stored) else None

    def save(self, obj: Any, save_persistent_id: bool = True) -> None:
        if isinstance(obj, Named):
            self.write(f"c{obj.module}\n{obj.name}\n".encode())
        elif isinstance(obj, Called):
            self.save(obj.what)
            self.save(obj.arguments)
            self.write(pickle.REDUCE)
        else:
            super().save(obj, save_persistent_id)  # type: ignore[misc]


def pickled(thing: object) -> bytes:
    out = io.BytesIO()
    Writer(out, 2).dump(thing)
    return out.getvalue()


def zipped(
    data: bytes, storages: dict[str, bytes] | None = None, compressed: int = zipfile.ZIP_STORED
) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compressed) as archive:
        archive.writestr(PICKLED, data)
        for key, values in (storages or {}).items():
            archive.writestr(f"archive/data/{key}", values)
    return out.getvalue()


FLOATS = Named("torch", "FloatStorage")
REBUILD = Named("torch._utils", "_rebuild_tensor_v2")
SIX = np.arange(6, dtype="<f4").tobytes()


def tensor(
    start: int = 0,
    sides: tuple[int, ...] = (2, 3),
    steps: tuple[int, ...] = (3, 1),
    key: str = "0",
    count: int = 6,
) -> Called:
    stored = Stored("storage", FLOATS, key, "cpu", count)
    return Called(REBUILD, stored, start, sides, steps, False, OrderedDict())


def older(
    *tensors: tuple[str, Called], keys: list[str] | None = None, values: bytes = SIX
) -> bytes:
    """The layout from before 2020."""
    heads = [0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}]
    rest = [OrderedDict(tensors), ["0"] if keys is None else keys]
    count = struct.pack("<q", len(values) // 4)
    return b"".join(map(pickled, [*heads, *rest])) + count + values


def test_tensors_of_a_zip_file_are_read_by_name() -> None:
    found = read(zipped(pickled({"a": tensor(), "b": tensor(1, (2,), (2,))}), {"0": SIX}))
    np.testing.assert_array_equal(found["a"], [[0, 1, 2], [3, 4, 5]])
    np.testing.assert_array_equal(found["b"], [1, 3])
    assert found["a"].dtype == np.float32


def test_tensors_of_the_older_layout_are_read_by_name() -> None:
    found = read(older(("a", tensor(0, (3, 2), (1, 3)))))
    np.testing.assert_array_equal(found["a"], [[0, 3], [1, 4], [2, 5]])


def test_parameters_are_their_tensors() -> None:
    wrapped = Called(Named("torch._utils", "_rebuild_parameter"), tensor(), True, OrderedDict())
    assert read(zipped(pickled({"a": wrapped}), {"0": SIX}))["a"].shape == (2, 3)


HOSTILE = {
    "a call of the system": Called(Named("os", "system"), "touch /tmp/hostile"),
    "a call of eval": Called(Named("builtins", "eval"), "1/0"),
    "a name alone": Named("subprocess", "Popen"),
    "getattr": Called(Named("builtins", "getattr"), 1, "real"),
    "another module of torch": Called(Named("torch.hub", "load"), "a", "b"),
    "a class of ours": Named("foveate.models.supply.checkpoint", "read"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_could_be_run_is_refused(what: str) -> None:
    for data in (zipped(pickled({"a": HOSTILE[what]})), pickled(HOSTILE[what])):
        with pytest.raises(ValueError, match=r"refused|expected a pickle"):
            read(data)


def test_a_pickle_of_python_itself_is_refused() -> None:
    class Bomb:
        def __reduce__(self) -> tuple[Any, ...]:
            return print, ("it ran",)

    for protocol in range(2, 6):
        with pytest.raises(ValueError, match="expected a pickle of tensors"):
            read(zipped(pickle.dumps({"a": Bomb()}, protocol)))


def set_on(what: object, attributes: bytes) -> bytes:
    """Return a pickle of something whose attributes it sets."""
    return pickled(what)[:-1] + attributes + b"b."


@pytest.mark.parametrize(
    "what", [tensor(), Named("torch._utils", "_rebuild_parameter"), {"a": 1}, FLOATS]
)
def test_attributes_are_set_of_dictionaries_of_pytorch_alone(what: object) -> None:
    state = b"N}X\x05\x00\x00\x00kindsNs\x86"  # (None, {"kinds": None}): sets what has slots, too
    for attributes in (state, b"}", b"]"):
        with pytest.raises(ValueError, match="refused to set attributes"):
            read(zipped(set_on(what, attributes), {"0": SIX}))
    versions = OrderedDict(a=tensor())
    versions._metadata = OrderedDict()  # type: ignore[attr-defined]  # noqa: SLF001
    assert list(read(zipped(pickled(versions), {"0": SIX}))) == ["a"]


@pytest.mark.parametrize(
    "data",
    [
        b"\x80\x02r\xff\xff\xff\x7f.",  # a memo of two thousand million
        b"\x80\x02]r\xff\xff\xff\x7f.",
        b"\x80\x02(ios\nsystem\n.",  # INST
        b"\x80\x04\x8c\x02os\x8c\x06system\x93.",  # STACK_GLOBAL
        b"\x80\x02X\xff\xff\xff\x7fa.",  # longer than the file
        b"\x80\x02}q\x00",  # no end
        b"\x80\x02b.",  # BUILD of nothing
        b"",
        b"PK\x03\x04 broken",
    ],
)
def test_broken_and_crafted_files_raise_a_value_error(data: bytes) -> None:
    for file in (data, zipped(data)):
        with pytest.raises(ValueError, match=r"expected|refused"):
            read(file)


OUTSIDE = {
    "behind the end": tensor(start=1),
    "before the start": tensor(start=-1),
    "backwards": tensor(steps=(-3, 1)),
    "the same value for ever": tensor(sides=(1 << 40,), steps=(0,)),
    "more sides than steps": tensor(sides=(2, 3, 1)),
    "more than it says": tensor(sides=(3, 3)),
}


@pytest.mark.parametrize("where", OUTSIDE)
def test_a_tensor_outside_of_its_storage_is_refused(where: str) -> None:
    for data in (zipped(pickled({"a": OUTSIDE[where]}), {"0": SIX}), older(("a", OUTSIDE[where]))):
        with pytest.raises(ValueError, match="expected a tensor inside its storage"):
            read(data)


def test_what_is_compressed_may_be_a_bomb() -> None:
    with pytest.raises(ValueError, match="compressed"):
        read(zipped(pickled({"a": tensor()}), {"0": SIX}, zipfile.ZIP_DEFLATED))


@pytest.mark.parametrize(
    "data",
    [
        zipped(pickled({"a": tensor(key="../1")}), {"0": SIX}),
        older(("a", tensor(key="1"))),
        older(("a", tensor()), keys=["0", "1"]),
        older(("a", tensor()))[:-4],
        zipped(pickled({"a": 3})),
        zipped(pickled({3: tensor()}), {"0": SIX}),
        zipped(pickled([tensor()]), {"0": SIX}),
        zipped(pickled({})),
    ],
)
def test_anything_but_a_flat_dictionary_of_tensors_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="expected"):
        read(data)
