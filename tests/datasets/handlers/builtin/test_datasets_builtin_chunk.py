"""Whole chunks in the process of our own handler, and what it is told for them."""

from __future__ import annotations

import errno
import pickle
import shutil
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any, cast

import pytest
from datasets_stand import a_server, ask_for, cats

from foveate.datasets.chunks import Part
from foveate.datasets.handlers.builtin.chosen import BACKGROUNDS
from foveate.datasets.handlers.builtin.chunk import CHUNK, FILLED, HAS, MADE, RAISES, READS, Chunks
from foveate.datasets.handlers.limits import Limits
from foveate.datasets.making import Bench
from foveate.datasets.sample import Made, Sample
from foveate.geometry.box import Size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from foveate.datasets.handlers.builtin.chunk import Told
    from foveate.datasets.handlers.builtin.handler import Foveate
    from foveate.datasets.raw.places import Place


class Behind:
    """Makes of a picture the one that it is to stand before."""

    def prepare(
        self, sample: Sample, _: bytes, read: Callable[[str], bytes], __: int
    ) -> Iterator[Made]:
        data = read(str(sample.attributes[BACKGROUNDS[0]]))
        yield Made(key=f"{sample.key}-000", data=data, ext="bin", size=Size(1, 1))


class Broken:
    """Finds no file of its own."""

    def prepare(self, *_: object) -> Iterator[Made]:
        raise FileNotFoundError(errno.ENOENT, "No such file", "weights.onnx")
        yield


class Away:
    """Pictures on a disk that fails."""

    def read(self, _: str) -> bytes:
        raise OSError(errno.EIO, "Input/output error")


def answered(
    handler: Behind | Broken, bench: Bench, part: Part
) -> tuple[list[Mapping[str, bool]], list[Told]]:
    """Return what is said at once of a chunk, and what is answered to whoever asked for it."""
    said: list[Mapping[str, bool]] = []
    chunks = Chunks(cast("Foveate", handler), Limits(output_bytes=1000), said.append)
    chunks.bench = replace(bench, digests={})
    asked = {CHUNK: pickle.dumps((part, (), bench.named([part])))}
    return said, list(chunks.make(asked))


def a_bench(tmp_path: Path, **changed: Any) -> Bench:
    server = a_server(tmp_path)
    raw = server.registry.of("cats")
    return Bench(
        dataset=ask_for(server, cats()),
        pictures=server.registry.place(raw),
        installed=server.installed.of("doubling", "1.0"),
        formats=server.formats,
        shelf=server.shelf,
        work=tmp_path / "work",
        digests={each.source: each.digest for each in server.registry.look(raw).samples},
        **changed,
    )


def before(bench: Bench, source: str, other: str) -> Sample:
    return Sample(
        key=source.removesuffix(".png"),
        source=source,
        digest=bench.digests[source],
        attributes={BACKGROUNDS[0]: other, "height": 3.0},
    )


def test_a_chunk_comes_with_the_digests_of_the_pictures_that_it_names_and_of_no_others(
    tmp_path: Path,
) -> None:
    bench = a_bench(tmp_path)
    part = Part("train", 0, [before(bench, "000.png", "007.png"), before(bench, "001.png", "x")])
    assert bench.named([part]) == {"007.png": sha256(b"picture 7 ").hexdigest()}


def test_other_pictures_are_read_by_the_digests_that_come_with_a_chunk(tmp_path: Path) -> None:
    bench = a_bench(tmp_path)
    part = Part("train", 0, [before(bench, "000.png", "007.png")])
    said, told = answered(Behind(), bench, part)
    assert said == [{HAS: True}, {READS: True}, {HAS: True}, {MADE: True}]
    assert pickle.loads(told[-1][1][FILLED]).skipped == {}  # noqa: S301 - our own
    assert (bench.work / "train-00000/train-00000-00.txt").read_bytes() == b"000-000 picture 7 \n"


def test_what_a_handler_meets_is_its_own_and_what_storage_meets_is_not(tmp_path: Path) -> None:
    bench = a_bench(tmp_path)
    part = Part("train", 0, [before(bench, "000.png", "007.png")])
    with pytest.raises(FileNotFoundError):
        answered(Broken(), bench, part)
    shutil.rmtree(bench.work)
    _, ((head, blobs),) = answered(Behind(), replace(bench, pictures=cast("Place", Away())), part)
    assert head == {RAISES: True}
    assert pickle.loads(blobs[RAISES]).errno == errno.EIO  # noqa: S301 - our own
    _, ((_, blobs),) = answered(Behind(), bench, part)  # its folder is there already
    assert isinstance(pickle.loads(blobs[RAISES]), FileExistsError)  # noqa: S301 - our own
