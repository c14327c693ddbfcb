from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from foveate.datasets.drawn import drawn
from foveate.datasets.handlers.builtin.alike import first_of_each, hash_of
from foveate.datasets.handlers.builtin.chance import draws
from foveate.datasets.handlers.builtin.filters import grey_of, light_of, of_classes, sharpness_of
from foveate.datasets.handlers.builtin.looks import looked
from foveate.datasets.handlers.builtin.schema import SCHEMA
from foveate.datasets.handlers.builtin.splits import split_of
from foveate.datasets.handlers.builtin.subjects import composed, of_subject
from foveate.datasets.masks import runs_of
from foveate.datasets.sample import Instance, Polygons, Sample
from foveate.datasets.schema import checked_schema, filled
from foveate.errors import BadConfiguration
from foveate.geometry.box import Box, Size
from foveate.imaging.pixels import brought_to, to_array

if TYPE_CHECKING:
    from foveate.datasets.sample import Ring
    from foveate.imaging import Image


def looks(pixels: np.ndarray[Any, Any], number: int = 0, **config: Any) -> np.ndarray[Any, Any]:
    return looked(pixels, filled(config, SCHEMA), draws("looks", number))


def test_nothing_asked_changes_nothing(photo: Image) -> None:
    pixels = to_array(photo)
    assert (looks(pixels) == pixels).all()


@pytest.mark.parametrize(
    "config",
    [
        {"exposure": 1.0},
        {"brightness": 0.4, "contrast": 0.4},
        {"saturation": 0.8},
        {"hue": 90.0},
        {"blur": 4.0},
        {"jpeg_artefacts": 5},
    ],
)
def test_each_look_is_by_chance_and_the_same_again(photo: Image, config: dict[str, Any]) -> None:
    pixels = to_array(photo)
    made = [looks(pixels, number, **config) for number in (1, 2, 1)]
    assert (made[0] == made[2]).all()
    assert (made[0] != made[1]).any()
    assert made[0].shape == pixels.shape
    assert (made[0] != pixels).any()


def test_hue_and_saturation_leave_grey_grey() -> None:
    grey = np.arange(256, dtype=np.uint8).repeat(3).reshape(16, 16, 3)
    assert (looks(grey, saturation=1.0, hue=180.0) == grey).all()


def test_hue_turns_red_to_another_colour_as_bright() -> None:
    red = np.full((4, 4, 3), (200, 60, 60), np.uint8)
    made = looks(red, 4, hue=180.0)
    assert np.abs(made[0, 0].astype(int) - red[0, 0]).max() > 40
    assert light_of(grey_of(made)) == pytest.approx(light_of(grey_of(red)), abs=0.02)


def test_a_picture_looks_like_its_smaller_compressed_self_alone(photo: Image) -> None:
    pixels = to_array(photo)
    small = to_array(brought_to(photo, Size(100, 75)))
    other = to_array(photo.rot90())
    hashes = [("a", hash_of(pixels)), ("b", hash_of(looks(small, jpeg_artefacts=20)))]
    hashes += [("c", hash_of(other))]
    assert list(first_of_each(hashes, 4)) == ["a", "c"]
    assert list(first_of_each(hashes, 64)) == ["a"]


def test_frequencies_that_a_picture_does_not_have_are_no_bits() -> None:
    flat = np.full((200, 256, 3), 37, np.uint8)
    lighter = np.arange(256, dtype=np.uint8)[None, :, None].repeat(200, 0).repeat(3, 2)
    assert hash_of(flat) == 1 << 63
    # Nothing changes downwards, so that only the first of eight rows has any.
    assert hash_of(lighter) & (1 << 56) - 1 == 0
    assert hash_of(np.concatenate([lighter, lighter[:, ::-1]], 1)) & 0x55FFFFFFFFFFFFFF == 0


def test_repeats_are_found_among_thousands() -> None:
    numbers = draws("hashes").integers(0, 2**63, 3000).tolist()
    hashes = [(str(place), number) for place, number in enumerate([*numbers, *numbers])]
    assert list(first_of_each(hashes, 0)) == [str(place) for place in range(3000)]


def test_sharpness_and_light_say_what_is_seen(photo: Image) -> None:
    grey = grey_of(to_array(photo))
    blurred = grey_of(to_array(photo.gaussblur(3)))
    assert sharpness_of(grey) > 2 * sharpness_of(blurred)
    assert light_of(np.full((8, 8), 255, np.int32)) == 1.0
    assert sharpness_of(np.zeros((2, 2), np.int32)) == 0.0


def test_classes_keep_their_own_alone() -> None:
    things = (Instance(label="cat"), Instance(label="dog"))
    sample = Sample(key="a", source="a", digest="0", labels=("x",), instances=things)
    kept = of_classes(sample, ["dog"])
    assert kept is not None
    assert [each.label for each in kept.instances] == ["dog"]
    assert kept.labels == ()
    assert of_classes(sample, ["cow"]) is None


def test_splits_have_their_shares_and_never_part_a_group() -> None:
    shares = {"train": 0.7, "val": 0.2, "test": 0.1}
    samples = [
        Sample(key=f"{group}-{at}", source="", digest="", group=f"group {group}")
        for group in range(2000)
        for at in range(3)
    ]
    split = {sample.key: split_of(sample, shares, 5) for sample in samples}
    for group in range(2000):
        assert len({split[f"{group}-{at}"] for at in range(3)}) == 1
    counted = [sum(word == name for word in split.values()) / len(split) for name in shares]
    assert counted == pytest.approx(list(shares.values()), abs=0.03)
    assert split != {each.key: split_of(each, shares, 6) for each in samples}


@pytest.mark.parametrize("most", [0, 2, 5, 6, 20])
def test_repeats_are_those_of_all_that_are_compared_with_each_other(most: int) -> None:
    chance, kept = draws("hashes", most), list[int]()
    seen = [int(each) for each in chance.integers(0, 2**63, 700)]
    flips = chance.integers(0, 63, (2500, most + 2))
    near = [seen[at % 700] ^ sum({1 << int(bit) for bit in flips[at]}) for at in range(2500)]
    for each in seen + near:
        if all((other ^ each).bit_count() > most for other in kept):
            kept.append(each)
    named = [(str(each), each) for each in seen + near]
    assert [*map(int, first_of_each(named, most))] == kept
    assert len(kept) > 600


def test_a_subject_on_another_background_keeps_its_pixels() -> None:
    subject, behind = np.full((2, 3, 3), 200, np.uint8), np.full((2, 3, 3), 10, np.uint8)
    matte = np.array([[255, 0, 128], [255, 0, 0]], np.uint8)
    made = composed(subject, matte, behind)
    assert made[..., 0].tolist() == [[200, 10, 105], [200, 10, 10]]
    things = [
        Instance(label="in", box=Box(0, 0, 1, 2)),
        Instance(label="out", box=Box(1, 0, 2, 2)),
    ]
    assert [each.label for each in of_subject(things, matte)] == ["in"]
    rings = [Polygons((((left, 0), (left + 1, 0), (left + 1, 2)),)) for left in (0, 1)]
    outlined = [Instance(label=str(at), mask=ring) for at, ring in enumerate(rings)]
    assert [each.label for each in of_subject(outlined, matte)] == ["0"]


def test_the_schema_is_one_and_fills_itself() -> None:
    checked_schema(SCHEMA)
    assert filled({}, SCHEMA).keys() == SCHEMA["properties"].keys()
    for row in SCHEMA["properties"].values():
        assert row["description"].endswith(".")


@pytest.mark.parametrize(
    "ring",
    [
        ((10, 10), (30, 10), (190, 170), (190, 190), (170, 190), (10, 30)),  # a band, aslant
        ((0, 0), (200, 0), (200, 10), (10, 10), (10, 200), (0, 200)),  # an L, around all else
        ((20.4, 30.6), (150.2, 40.1), (90.7, 199.9), (33.3, 120.0)),
    ],
)
def test_a_thing_with_a_mask_came_along_by_its_mask_and_not_by_its_box(ring: Ring) -> None:
    outlined = Polygons((ring,))
    pixels = drawn(outlined, Size(200, 200))
    for mask in (outlined, runs_of(pixels)):
        things = [
            Instance(label="a", mask=mask),
            Instance(label="b", mask=mask, box=Box(0, 0, 9, 9)),
        ]
        for shown, labels in ((pixels, ["a", "b"]), (~pixels, [])):
            matte = shown.astype(np.uint8) * 255
            assert [each.label for each in of_subject(things, matte)] == labels


def test_an_outline_that_is_thinner_than_pixels_is_where_its_box_is() -> None:
    thin = Instance(label="thin", mask=Polygons((((1.0, 1.0), (1.3, 1.0), (1.3, 3.0)),)))
    wide = Instance(label="wide", mask=thin.mask, box=Box(1, 1, 2, 2))
    matte = np.zeros((4, 4), np.uint8)
    assert of_subject([wide], matte) == ()
    matte[1:3, 1:3] = 255
    assert of_subject([wide], matte) == (wide,)


@pytest.mark.parametrize("split", ["train_", "Train", "my-split", "train\n", ""])
def test_shares_of_a_split_by_which_no_file_can_be_called_are_refused(split: str) -> None:
    with pytest.raises(BadConfiguration, match=r"config\.splits: expected names of up to 32 small"):
        filled({"splits": {split: 1}}, SCHEMA)


def test_chance_is_the_same_on_every_machine() -> None:
    assert draws(7, "cats/7", 0).integers(0, 2**32) == 3526672142
