from __future__ import annotations

import numpy as np

from foveate.transform.styles.facets import filled, inside_of
from foveate.transform.styles.painting import Band

SQUARE = np.array([[[0.0, 0], [8, 0], [8, 8]], [[0, 0], [8, 8], [0, 8]]])


LEANING = SQUARE + np.array([[[0, 0.013], [0, 0], [0, 0.029]], [[0, 0.013], [0, 0.029], [0, 0]]])


def band(zoom: float, first: int, last: int) -> Band:
    width = int(8 * zoom)
    x = (np.arange(width, dtype=np.float32)[None] + 0.5) / zoom
    y = (np.arange(first, last, dtype=np.float32)[:, None] + 0.5) / zoom
    return Band((), x, y, zoom)


def test_each_pixel_is_inside_of_one_of_the_triangles_of_a_square() -> None:
    labels = inside_of((8, 8), SQUARE)
    assert labels.min() == 0
    assert labels[0, 7] == 0
    assert labels[7, 0] == 1


def test_what_lies_in_no_triangle_is_marked() -> None:
    assert (inside_of((4, 20), SQUARE)[:, 8:] == -1).all()


def test_either_way_around_is_inside() -> None:
    assert (inside_of((8, 8), SQUARE) == inside_of((8, 8), SQUARE[:, ::-1])).all()


def test_bands_join_without_a_seam_at_any_zoom() -> None:
    colours = np.array([[1, 0, 0], [0, 0, 1]], np.float32)
    for zoom in (1.0, 2.5):
        whole = filled(band(zoom, 0, int(8 * zoom)), LEANING, colours)
        cut = int(8 * zoom) // 2
        parts = [
            filled(band(zoom, *rows), LEANING, colours) for rows in ((0, cut), (cut, int(8 * zoom)))
        ]
        assert np.array_equal(whole, np.concatenate(parts, 1))


def test_an_edge_through_a_pixel_mixes_its_colours() -> None:
    painted = filled(band(1.0, 0, 8), SQUARE, np.array([[1, 0, 0], [0, 0, 1]], np.float32))
    red, _, blue = painted[:, 3, 3]
    assert 0.2 < red < 0.8
    assert blue == 1 - red
    assert painted[:, 0, 7].tolist() == [1, 0, 0]
