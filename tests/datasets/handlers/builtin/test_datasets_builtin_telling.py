"""How much is told of what is made of a sample."""

from __future__ import annotations

import json
import random
from dataclasses import replace

import pytest

from foveate.datasets.handlers.builtin.telling import Beyond, Telling, at_most, told_bytes
from foveate.datasets.handlers.frames import HEAD_BYTES
from foveate.datasets.sample import Bitmap, Instance, Made, Polygons
from foveate.datasets.wire import FARTHEST, made_to_json
from foveate.geometry.box import Box, Size

ONE = Made(key="cats/7-000", data=b"12", ext="jpg", size=Size(32, 32))
FACE = "\U0001f600"


def things(rnd: random.Random) -> tuple[Instance, ...]:
    def number() -> float:
        return rnd.choice([rnd.uniform(-1, 1) * 1e-300, -rnd.random() * FARTHEST, 7])

    ring = tuple((number(), number()) for _ in range(rnd.randrange(30)))
    masks = (None, Polygons((ring,) * rnd.randrange(4)), Bitmap(Size(2, 2), (0, 1) * 2))
    return tuple(
        Instance(
            label=FACE * rnd.randrange(3),
            box=rnd.choice([None, Box(number(), number(), number(), number())]),
            mask=rnd.choice(masks),
            attributes={
                FACE * 2: FACE * rnd.randrange(9),
                "x": -(10**308),
                '"': number(),
                "": True,
            },
        )
        for _ in range(rnd.randrange(5))
    )


@pytest.mark.parametrize("seed", range(50))
def test_no_head_is_longer_than_is_thought_without_writing_it(seed: int) -> None:
    rnd = random.Random(seed)  # noqa: S311 - the same every time
    made = Made(
        key=FACE * 9,
        data=b"",
        ext="png",
        size=Size(10**6, 10**6),
        group=FACE,
        labels=(FACE, "", "a"),
        instances=things(rnd),
        targets={f"{'x' * 32}{number}.png": b"" for number in range(rnd.randrange(64))},
        attributes={str(number): 5e-324 for number in range(rnd.randrange(9))},
    )
    assert len(json.dumps(made_to_json(made))) < told_bytes(made) <= at_most(made)


def test_heads_are_counted_to_the_last_byte_whenever_they_are_reckoned() -> None:
    size = told_bytes(ONE)
    for most in (5 * size, 5 * size + 1, at_most(ONE) + 4 * size):
        telling = Telling(most)
        for _ in range(most // size):
            telling.add(ONE)
        with pytest.raises(Beyond, match=f"heads of at most {most} bytes"):
            telling.add(ONE)


def test_one_head_is_of_no_more_bytes_than_a_frame_has() -> None:
    ring = tuple((float(number), 0.1) for number in range(1000))
    many = replace(ONE, instances=(Instance(label="a", mask=Polygons((ring,) * 1300)),))
    assert told_bytes(many) > HEAD_BYTES
    with pytest.raises(Beyond, match="a head of at most"):
        Telling(10 * HEAD_BYTES).add(many)
