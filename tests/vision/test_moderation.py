"""What the networks of moderation are fed, and how their answers are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from foveate.geometry.box import Size
from foveate.imaging.pixels import brought_to, from_array, to_array
from foveate.vision.moderation import LABELS, NudeNet, OpenNsfw

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from foveate.ports import Session

Array = np.ndarray[Any, np.dtype[Any]]
FACE = LABELS.index("face female")


class Network:
    """A session that gives one answer, and remembers what it was asked."""

    provider = "fake"
    shapes = ()

    def __init__(self, answer: Array) -> None:
        self.answer = answer
        self.seen: Mapping[str, Array] = {}

    def run(self, inputs: Mapping[str, Array]) -> Sequence[Array]:
        self.seen = inputs
        return [self.answer]


def test_opennsfw_sees_the_middle_in_blue_green_red_without_the_mean() -> None:
    network = Network(np.array([[0.75, 0.25]], np.float32))
    rgb = np.full((256, 256, 3), (123, 127, 204), np.uint8)
    rgb[:16] = rgb[:, -16:] = 0
    assert OpenNsfw(lambda: network)(rgb) == 0.25
    (fed,) = network.seen.values()
    assert fed.shape == (1, 224, 224, 3)
    assert (fed == np.array((100, 10, 0), np.float32)).all()


def found(*places: tuple[float, float, float, float, int, float]) -> Array:
    """Return (1, 22, places) as NudeNet says them: a centre and sides, and a part's score."""
    rows = np.zeros((len(places), 4 + len(LABELS)), np.float32)
    for row, (x, y, width, height, label, score) in zip(rows, places, strict=True):
        row[:4], row[4 + label] = (x, y, width, height), score
    return rows.T[None]


def test_nudenet_is_fed_a_square_with_black_at_the_right_and_below() -> None:
    network = Network(found())
    assert NudeNet(lambda: network)(np.full((160, 320, 3), 255, np.uint8)) == ()
    (fed,) = network.seen.values()
    assert fed.shape == (1, 3, 320, 320)
    assert (fed[:, :, :160] == 1).all()
    assert not fed[:, :, 160:].any()


@pytest.mark.parametrize(
    ("size", "seen"),
    [
        (Size(640, 320), Size(320, 160)),
        (Size(100, 50), Size(320, 160)),
        (Size(9999, 1), Size(320, 1)),
    ],
)
def test_nudenet_looks_at_320_pixels_whatever_comes(size: Size, seen: Size) -> None:
    assert NudeNet(lambda: Network(found())).input_size(size) == seen


def test_one_part_is_told_once_with_its_best_score_inside_of_the_picture() -> None:
    answer = found(
        (20, 60, 60, 40, FACE, 0.6),
        (22, 60, 60, 40, FACE, 0.9),
        (200, 100, 20, 20, LABELS.index("feet covered"), 0.4),
        (100, 300, 20, 20, FACE, 0.8),
        (250, 20, 20, 20, FACE, 0.2),
    )
    parts = NudeNet(lambda: Network(answer))(np.zeros((160, 320, 3), np.uint8))
    assert [(part.label, round(part.score, 2)) for part in parts] == [
        ("face female", 0.9),
        ("feet covered", 0.4),
    ]
    box = parts[0].box
    assert (box.left, box.top, box.width, box.height) == pytest.approx((0, 40, 52, 40))


# With the real networks, on the astronaut: she wears a suit, and smiles.


def shown(rgb: Array, size: Size) -> Array:
    return to_array(brought_to(from_array(rgb), size))


@pytest.mark.models
def test_the_astronaut_is_harmless(network: Callable[[str], Session], portrait: Array) -> None:
    session = network("opennsfw")
    score = OpenNsfw(lambda: session)(shown(portrait, Size(256, 256)))
    assert score == pytest.approx(0.015, abs=0.006)


@pytest.mark.models
def test_nudenet_finds_her_face_and_nothing_bare(
    network: Callable[[str], Session], portrait: Array, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOVEATE_MODELS__ACKNOWLEDGED_LICENCES", "AGPL-3.0")
    session = network("nudenet")
    parts = NudeNet(lambda: session)(shown(portrait, Size(320, 320)))
    assert parts[0].label == "face female"
    assert parts[0].score == pytest.approx(0.81, abs=0.05)
    assert not [part for part in parts if part.label.endswith("exposed")]
