"""Stages of recognition: they say what the parts of an analysis say, of crops alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from service_networks import Detector, analyses, picture, soon
from vision_fakes import Network

from foveate.errors import BadBody
from foveate.imaging.pixel_source import PixelSource
from foveate.imaging.pixels import from_array
from foveate.service.parts.embedding import EMBEDDING
from foveate.service.stages import preprocess
from foveate.service.stages.arrays import array_from_bytes, array_to_bytes
from foveate.service.stages.embed import Embed
from foveate.service.stages.preprocess import EMBEDDED, Look, Preprocess, cut_out
from foveate.service.stages.read import reads_for
from foveate.service.stages.search import Query, Search, SubjectMatch
from foveate.trace import Trace
from foveate.vision.attributes import AttributeReader
from foveate.vision.embedding import MobileFaceNet

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from foveate.imaging import Image

    Array = np.ndarray

ALL = (EMBEDDED, "age", "gender", "emotion", "race")


def rows(width: int) -> Callable[[Array], Sequence[Array]]:
    """A network of that many numbers a face, of which each depends on every pixel."""

    def answer(tensor: Array) -> Sequence[Array]:
        flat = tensor.reshape(len(tensor), -1)
        weights = np.cos(np.arange(flat.shape[1] * width, dtype=np.float32)).reshape(-1, width)
        return [np.abs(flat @ weights).astype(np.float32)]

    return answer


def sessions() -> dict[str, Network]:
    def age_gender(tensor: Array) -> Sequence[Array]:
        (raw,) = rows(3)(tensor)
        return [raw[:, :1], raw[:, 1:] / raw[:, 1:].sum(1, keepdims=True)]

    widths = {"mobilefacenet": 512, "expression": 7, "gear": 5}
    made = {card: Network(rows(width)) for card, width in widths.items()}

    def angles(tensor: Array) -> Sequence[Array]:
        return [np.ones((len(tensor), 66), np.float32)] * 3

    made["head-pose"] = Network(angles)
    made["liveness"] = Network(rows(2))
    return {**made, "age-gender": Network(age_gender)}


@pytest.fixture
def png(photo: Image) -> bytes:
    data: bytes = photo.pngsave_buffer()
    return data


def test_crops_say_bit_for_bit_what_the_whole_picture_says(photo: Image) -> None:
    rgb, made = photo.numpy(), sessions()
    faces = [*Detector()(rgb), *(face.scaled(0.7, 0.8) for face in Detector()(rgb))]
    crops = cut_out(rgb, faces, ALL)

    words = ("age", "gender", "emotion", "race")
    known = AttributeReader(lambda card: lambda: made[card], words)(rgb, faces)
    told: list[dict[str, object]] = [{}, {}]
    for read in reads_for(words, lambda card: lambda: made[card]):
        for row, said in zip(told, read.batch(crops), strict=True):
            row.update(said)
    assert told == [{word: getattr(each, word) for word in words} for each in known]

    embed = Embed(lambda: made["mobilefacenet"])
    vectors = MobileFaceNet(lambda: made["mobilefacenet"])(rgb, faces)
    np.testing.assert_array_equal(np.stack(embed.batch(crops)), vectors)


def test_age_and_gender_are_one_look_of_one_network(photo: Image) -> None:
    rgb, made = photo.numpy(), sessions()
    stages = reads_for(("gender", "age"), lambda card: lambda: made[card])
    assert [stage.words for stage in stages] == [("age", "gender")]
    said = stages[0](cut_out(rgb, Detector()(rgb), ("age", "gender"))[0])
    assert len(made["age-gender"].seen) == 1
    assert sum(said["gender"].values()) == pytest.approx(1)


def test_faces_are_cut_out_as_the_part_sees_them(png: bytes) -> None:
    """Through the same decoding, scaling and rounding as the parts of an analysis."""
    source = picture(png)
    with soon():
        made = Preprocess(analyses(Detector()))(Look(picture=source))

    seen: list[Array] = []

    class Cutting:
        name = "cutting"

        def __call__(self, rgb: Array, faces: Sequence[object]) -> Array:
            seen.extend(cut_out(rgb, faces, (EMBEDDED,))[0].of(EMBEDDED))  # type: ignore[arg-type]
            return np.zeros((1, 512), np.float32)

    seeing = analyses(Detector(), embedding=Cutting())
    seeing.open(PixelSource(source, soon(), Trace(), scale=1.0)).get(EMBEDDING)
    np.testing.assert_array_equal(made.crops[0].of(EMBEDDED)[0], seen[0])
    assert made.size.width == 320


def test_what_is_shown_was_computed_now(png: bytes) -> None:
    detector = Detector()
    stage = Preprocess(analyses(detector))
    with soon():
        for _ in range(2):
            stage(Look(picture=picture(png)))
        assert detector.calls == 2
        for _ in range(2):
            stage(Look(picture=picture(png), remembered=True))
    assert detector.calls == 3


def test_a_picture_without_faces_has_no_crops() -> None:
    grey = from_array(np.full((60, 80, 3), 127, np.uint8)).pngsave_buffer()
    with soon():
        made = Preprocess(analyses(Detector(box=None)))(Look(picture=picture(grey)))
    assert (made.faces, made.crops) == ((), ())


def test_a_crowd_is_told_whole_and_cut_out_in_part(png: bytes) -> None:
    class Crowd(Detector):
        def __call__(self, rgb: Array) -> tuple[object, ...]:  # type: ignore[override]
            return super().__call__(rgb) * (preprocess.MOST + 3)

    with soon():
        made = Preprocess(analyses(Crowd()))(Look(picture=picture(png)))
    assert (len(made.faces), len(made.crops)) == (preprocess.MOST + 3, preprocess.MOST)


def test_only_what_is_asked_for_is_cut_out(photo: Image) -> None:
    rgb = photo.numpy()
    (crops,) = cut_out(rgb, Detector()(rgb), ("gender", EMBEDDED))
    shapes = {name: crop.shape for name, crop in crops.crops.items()}
    assert shapes == {"age-gender": (1, 112, 112, 3), "embedding": (1, 112, 112, 3)}


def test_a_search_hands_over_collection_and_limit() -> None:
    asked: list[tuple[int, str, int]] = []
    match = SubjectMatch(subject="ada", face="f1", cosine=0.8123456, probability=0.99991)

    def index(embeddings: Array, *, collection: str, limit: int) -> list[list[SubjectMatch]]:
        asked.append((len(embeddings), collection, limit))
        return [[match]] * len(embeddings)

    query = Query(embeddings=np.zeros((2, 512), np.float32), collection="staff", limit=3)
    assert Search(index)(query) == ((match,), (match,))
    assert Search(index)(Query(embeddings=np.zeros((0, 512), np.float32))) == ()
    assert asked == [(2, "staff", 3)]
    assert match.to_json()["cosine"] == 0.8123


@pytest.mark.parametrize(
    "array",
    [
        np.arange(24, dtype=np.uint8).reshape(1, 2, 4, 3),
        np.array([[1.5, -2.25]], np.float32),
        np.zeros((0, 512), np.float32),
        np.arange(6, dtype=np.uint8).reshape(2, 3).T,
    ],
)
def test_arrays_go_through_bytes_unchanged(array: Array) -> None:
    back = array_from_bytes(array_to_bytes(array))
    assert back.dtype == array.dtype
    np.testing.assert_array_equal(back, array)


def test_the_byte_form_of_version_1() -> None:
    """Written out, because other programs read it as well."""
    told = array_to_bytes(np.array([[1.0], [2.0]], np.float32))
    assert told == b"fva1f\x02\x02\0\0\0\x01\0\0\0\0\0\x80?\0\0\0@"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"fva1",
        b"fva2u\x01\x01\0\0\0\0",
        b"fva1x\x01\x01\0\0\0\0",
        b"fva1u\x01\x02\0\0\0\0",
        b"fva1u\x01\x01\0\0\0\0\0",
        b"fva1u\x02\x01\0\0\0",
        b"fva1u\x09" + b"\x01\0\0\0" * 9 + b"\0",
        b"fva1f\x02\xff\xff\xff\xff\xff\xff\xff\xff",
        b"fva1u\x03" + b"\0\0\0\0" + b"\xff\xff\xff\xff" * 2,
    ],
)
def test_bytes_that_are_no_array_are_refused(data: bytes) -> None:
    with pytest.raises(BadBody):
        array_from_bytes(data)
