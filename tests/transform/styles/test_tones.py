from __future__ import annotations

import numpy as np
import pytest

from foveate.geometry.box import Size
from foveate.transform.styles.study import Spot, Study
from foveate.transform.styles.tones import covered, flattened, inked, levels, slope, toned

SHARES = (0.36, 0.6)


def study(grey: np.ndarray, matte: np.ndarray | None = None, faces: tuple[Spot, ...] = ()) -> Study:
    height, width = grey.shape
    return Study(
        rgb=np.repeat(grey[..., None], 3, -1).astype(np.float32),
        matte=np.ones(grey.shape, np.float32) if matte is None else matte,
        found=matte is not None,
        size=Size(width, height),
        faces=faces,
    )


def dressed(skin: float, clothes: float) -> tuple[np.ndarray, Spot]:
    """Return somebody whose face has shades around `skin`, above clothes; and where the face is."""
    y, x = np.mgrid[0:160, 0:120]
    worn = clothes + 0.08 * np.sin(x / 4)
    shades = skin + 0.05 * np.sin(x / 5) * np.sin(y / 5)
    place = slice(6, 54), slice(36, 84)
    share = (np.hypot(x - 60, y - 30) < 24)[place].astype(np.float32)
    return np.where(y < 60, shades, worn).astype(np.float32), Spot(place, share)


def inks_of(tone: np.ndarray, cuts: list[float], spot: Spot) -> list[float]:
    """Return the share of a face that is darker than each cut."""
    there = tone[spot.place][spot.share > 0]
    return [float((there < cut).mean()) for cut in cuts]


def test_levels_part_the_weight_as_asked() -> None:
    tone = np.linspace(0, 1, 10_000, dtype=np.float32)
    assert levels(tone, np.ones_like(tone), (0.25, 0.5)) == pytest.approx([0.25, 0.5], abs=0.01)
    upper = (tone > 0.5).astype(np.float32)
    assert levels(tone, upper, (0.5,)) == pytest.approx([0.75], abs=0.01)


def test_flattening_takes_texture_away_and_keeps_an_edge() -> None:
    y, x = np.mgrid[0:80, 0:80]
    steps = np.where(x < 40, 0.2, 0.8).astype(np.float32)
    rough = steps + 0.02 * np.sin(x * 1.7 + y * 2.3).astype(np.float32)
    smooth = flattened(rough, 4, 0.08)
    assert smooth[10:70, 8:32].std() < 0.25 * rough[10:70, 8:32].std()
    assert smooth[40, 44] - smooth[40, 35] > 0.5


def test_a_crisp_edge_is_a_pixel_wide_wherever_it_lies() -> None:
    x = np.linspace(0, 3, 30, dtype=np.float32)[None].repeat(5, 0)
    share = covered(x, 1.47)
    assert set(np.flatnonzero((share[2] > 0) & (share[2] < 1))) <= {13, 14, 15}
    assert share[2, :13].max() == 0
    assert share[2, 16:].min() == 1


def test_slope_is_the_change_from_pixel_to_pixel() -> None:
    y, x = np.mgrid[0:9, 0:9].astype(np.float32)
    assert slope(2 * x)[4, 4] == pytest.approx(2)
    assert slope(3 * y)[4, 4] == pytest.approx(3)


@pytest.mark.parametrize(("low", "high"), [(0.05, 0.3), (0.6, 0.95)])
def test_dark_and_light_subjects_both_use_all_tones(low: float, high: float) -> None:
    y, x = np.mgrid[0:200, 0:200]
    grey = low + (high - low) * (0.5 + 0.5 * np.sin(x / 9) * np.sin(y / 9))
    matte = ((x - 100) ** 2 + (y - 100) ** 2 < 70**2).astype(np.float32)
    inside = toned(study(grey.astype(np.float32), matte))[matte > 0]
    assert inside.min() < 0.1
    assert inside.max() > 0.9


@pytest.mark.parametrize(("skin", "clothes"), [(0.14, 0.85), (0.8, 0.14), (0.3, 0.6)])
def test_a_face_has_of_each_ink_whatever_is_worn_with_it(skin: float, clothes: float) -> None:
    grey, spot = dressed(skin, clothes)
    whole = np.ones_like(grey)
    tone, cuts = inked(study(grey, whole, (spot,)), grey, SHARES)
    black, grey_too = inks_of(tone, cuts, spot)
    assert 0.1 < black < 0.9
    assert black < grey_too < 0.95
    assert (tone[60:] == grey[60:]).all()


def test_a_dark_face_stays_darker_than_a_light_one() -> None:
    shares = []
    for skin, clothes in ((0.14, 0.85), (0.8, 0.14)):
        grey, spot = dressed(skin, clothes)
        tone, cuts = inked(study(grey, np.ones_like(grey), (spot,)), grey, SHARES)
        shares.append(inks_of(tone, cuts, spot)[0])
    assert shares[0] > 2 * shares[1]


def test_a_face_that_has_of_each_ink_stays_as_it_is() -> None:
    grey = np.tile(np.linspace(0.1, 0.9, 120, dtype=np.float32), (160, 1))
    spot = Spot((slice(20, 60), slice(28, 104)), np.ones((40, 76), np.float32))
    tone, _ = inked(study(grey, np.ones_like(grey), (spot,)), grey, SHARES)
    assert np.abs(tone - grey).max() < 0.01


def test_no_features_are_made_of_a_face_that_shows_none() -> None:
    grey, spot = dressed(0.14, 0.85)
    grey[spot.place] = 0.14
    tone, _ = inked(study(grey, np.ones_like(grey), (spot,)), grey, SHARES)
    assert np.abs(tone - grey).max() < 0.01
