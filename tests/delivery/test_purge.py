"""Which renditions are deleted."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from delivery_fakes import FakeCache, FakeCore, make_settings, until

from foveate.delivery.ask import Ask
from foveate.delivery.delivery import Delivery
from foveate.delivery.purge import Which
from foveate.delivery.stored import CLASSES, About, pack
from foveate.errors import BadOption
from foveate.metrics import Metrics
from foveate.options.grammar import parse_options
from foveate.options.model import Overlay, TransformOptions
from foveate.storage.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable

SMALL = TransformOptions(width=8)
DRAWN = replace(SMALL, draw=(Overlay(url="cats/a.jpg", options=TransformOptions()),))
ASKED = (
    ("cats/a.jpg", SMALL),
    ("cats/a.jpg", parse_options("segment=foreground").options),
    ("cats/b.jpg", DRAWN),
    ("dogs/a.jpg", SMALL),
)


class PurgedMeanwhile(FakeCache):
    """A cache that is purged just before a rendition comes to lie there."""

    def __init__(self, purge: Callable[[], object]) -> None:
        super().__init__()
        self.meanwhile = purge

    def put(self, key: str, value: bytes) -> bool:
        self.meanwhile()
        return super().put(key, value)


def left(which: Which) -> list[int]:
    """Return which of `ASKED` are kept still."""
    core = FakeCore(make_settings())
    core.origin.sources = {key: Source(key.encode(), "v1") for key, _ in ASKED}

    async def run() -> list[int]:
        delivery = Delivery(core, Metrics())
        asks = [Ask(options=options, source=key) for key, options in ASKED]
        keys = [(await delivery.rendition(ask)).key for ask in asks]
        kept = len(core.renditions.kept)
        done = await delivery.purge(which)
        await delivery.admission.stop(0)
        assert done.renditions == kept - len(core.renditions.kept)
        return [number for number, key in enumerate(keys) if key in core.renditions.kept]

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("which", "kept"),
    [
        (Which(source="cats/a.jpg"), [3]),
        (Which(source="cats/b.jpg"), [0, 1, 3]),
        (Which(source="cats/"), [0, 1, 2, 3]),
        (Which(prefix="cats/"), [3]),
        (Which(prefix="dogs/a"), [0, 1, 2]),
        (Which(options_class="cutout"), [0, 2, 3]),
        (Which(options_class="draw"), [0, 1, 3]),
        (Which(options_class="compress"), [0, 1, 2, 3]),
    ],
    ids=str,
)
def test_what_is_meant_is_deleted_and_nothing_else(which: Which, kept: list[int]) -> None:
    assert left(which) == kept


def test_what_was_kept_when_classes_were_others_goes_with_any_class() -> None:
    old = About(content_type="image/png", version="v", digests="a", options_class="resize")
    assert Which(options_class="compress")(pack(old, b"x"))
    assert not Which(options_class="compress")(pack(replace(old, classes=CLASSES), b"x"))


def test_what_was_read_before_a_purge_is_neither_kept_after_it_nor_shared() -> None:
    core = FakeCore(make_settings(), hold=threading.Event())
    core.origin.sources = {"a.jpg": Source(b"cat", "v1")}

    async def run() -> None:
        delivery, ask = Delivery(core, Metrics()), Ask(options=SMALL, source="a.jpg")
        before = asyncio.create_task(delivery.rendition(ask))
        await until(lambda: core.rendered)
        core.origin.sources = {"a.jpg": Source(b"dog", "v1")}
        await delivery.purge(Which(source="a.jpg"))
        after = asyncio.create_task(delivery.rendition(ask))
        await until(lambda: len(core.rendered) > 1)
        assert core.hold is not None
        core.hold.set()
        made = [bytes((await each).data) for each in (before, after)]
        assert made == [b"picture of cat 8", b"picture of dog 8"]
        assert [before.result().kept, after.result().kept] == [False, True]
        assert bytes((await delivery.rendition(ask)).data) == b"picture of dog 8"
        assert (core.pixels_forgotten, core.origin.forgotten) == (1, 1)
        await delivery.admission.stop(0)

    asyncio.run(run())


def test_a_purge_in_the_moment_in_which_a_rendition_is_kept_takes_it_along() -> None:
    core = FakeCore(make_settings())
    core.origin.sources = {"a.jpg": Source(b"cat", "v1")}

    async def run() -> None:
        delivery, ask = Delivery(core, Metrics()), Ask(options=SMALL, source="a.jpg")
        core.renditions = PurgedMeanwhile(
            lambda: asyncio.run_coroutine_threadsafe(
                delivery.purge(Which(source="a.jpg")), loop
            ).result(5)
        )
        loop = asyncio.get_running_loop()
        assert not (await delivery.rendition(ask)).kept
        assert not core.renditions.kept
        await delivery.admission.stop(0)

    asyncio.run(run())


def test_what_may_be_meant_is_deleted_where_nobody_knows() -> None:
    old = pack(About(content_type="image/png", version="v"), b"x")
    assert Which(source="a.jpg")(old)
    assert Which(prefix="a")(b"of another version")


@pytest.mark.parametrize(
    "given", [{}, {"source": "a", "prefix": "b"}, {"options_class": "colourful"}], ids=str
)
def test_one_thing_has_to_be_named(given: dict[str, str]) -> None:
    with pytest.raises(BadOption):
        Which(**given)
