"""What clicks, strokes and boxes mean in a picture: a costly look once, then milliseconds a click.

A small head of our own reads what `gaze` knows of each patch, close by where the thing is small.
benchmarks/fit_clicks.py fitted it; docs/guides/select-fitting.md says on what, and how well.
"""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from foveate.geometry.box import Box, Size
from foveate.imaging.pixels import part_at
from foveate.vision.affinity import like_clicked
from foveate.vision.clicks import joined, under
from foveate.vision.likely import LEAST, MOST_LOG_ODDS, levelled, odds, probability
from foveate.vision.look import SETTLED, STEEP, Look, laid_on_grid, on_grid, overlap, refined
from foveate.vision.saliency import PATCH
from foveate.vision.select_head import GROUP, OBJECT
from foveate.vision.windows import (
    CLOSE,
    FINER_LONG,
    LONG,
    WHOLE,
    box_seen_from,
    close_to,
    filled,
    holding,
    is_cut,
    look_size,
    seen_from,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from foveate.vision.clicks import Click
    from foveate.vision.select_head import Field, SelectHead

    Floats = NDArray[np.float32]
    Matte = NDArray[np.float32]

SAME: Final = 0.85
"""IoU from which on one alternative is no other than another."""
PART: Final = 0.1
"""Cosine from which on patches of an object are of one part: more like the click than not."""
SMALLEST: Final = 0.03
"""Share of the object that a part of it has at least."""
AGREED: Final = 2.0
"""What log odds of two are multiplied by: where they agree they are surer than either says."""


class Knowing(Protocol):
    """What knows something of each patch of a picture; `saliency.Gaze` is one."""

    @property
    def name(self) -> str:
        """Return what names the network and every setting that its answer depends on."""
        ...

    def tokens(self, rgb: NDArray[np.uint8]) -> Floats:
        """Return (rows, columns, n) of a (height, width, 3) picture of whole patches."""
        ...


class Selected:
    """What was meant, as mattes (h, w) in 0..1 of the look's size."""

    def __init__(self, matte: Matte, others: Callable[[], Mapping[str, Matte]]) -> None:
        self.matte = matte
        """The best guess: `object` among the alternatives."""
        self._others = others

    @cached_property
    def alternatives(self) -> Mapping[str, Matte]:
        """Return `object`, and `part` and `group` where they are something else.

        From small to large; they are worked out when they are first asked for.
        """
        found = {"object": self.matte}
        for name, matte in self._others().items():
            if all(overlap(matte, other) < SAME for other in found.values()):
                found[name] = matte
        return dict(sorted(found.items(), key=lambda pair: float(pair[1].sum())))


class Selector:
    """Says what clicks mean. The network is loaded when the first picture comes."""

    def __init__(self, gaze: Knowing, head: SelectHead, subjects: SelectHead | None = None) -> None:
        """Take what knows patches, the head that answers to clicks, and one for no click at all."""
        self._gaze = gaze
        self._head = head
        self._subjects = subjects or head

    @property
    def name(self) -> str:
        """Return what names the networks and every setting that the answer depends on."""
        heads = dict.fromkeys((self._head.name, self._subjects.name))
        numbers = f"{FINER_LONG}-{AGREED}-{STEEP}-{SETTLED}-{LEAST:.2f}"
        return f"{'-'.join(heads)}-{self._gaze.name}-{numbers}"

    def look(self, rgb: NDArray[np.uint8]) -> Look:
        """Return what there is to know of a (height, width, 3) RGB picture, 800 px at most.

        The first click takes what all further ones do not; the subject alone needs none of it.
        """
        return Look(rgb, partial(self._read, rgb))

    def _read(self, rgb: NDArray[np.uint8], window: Box) -> Field:
        seen = _seen(rgb, window)
        return self._head.read(self._gaze.tokens(seen), seen)

    def mask(self, look: Look, clicks: Sequence[Click], box: Box | None = None) -> Selected:
        """Return what is meant: positive clicks lie in it, negative ones do not.

        Places are 0..1 of the picture. A stroke is many clicks; a box (0..1) says where to look,
        and clicks in it what is meant there. Without both it is the picture's subject.
        """
        if not clicks and box is None:
            return Selected(self.subject(look), dict)
        window, logs = self._closest(look, clicks, box)
        matte = refined(look, laid_on_grid(look, window, logs[OBJECT]))
        return Selected(matte, partial(self._others, look, clicks, box, (window, logs)))

    def subject(self, look: Look, people: Matte | None = None, share: float = 0) -> Matte:
        """Return the matte of what a picture is about.

        `people` is alpha over the whole picture, from a network for people, and `share` what it
        has to say in the log odds.
        """
        found = self._coarsely(look)
        if people is not None and share:
            there = on_grid(look, WHOLE, people)
            mixed = (1 - share) * odds(found) + share * odds(there)
            found = probability(np.float32(AGREED) * mixed)
        return refined(look, found)

    def _coarsely(self, look: Look) -> Matte:
        """Return alpha of what stands out, on the grid that edges are studied on.

        All of it is looked at more finely than for clicks, and closer where it is small.
        """
        logs = self._stands_out(look, WHOLE)
        coarse = laid_on_grid(look, WHOLE, logs)
        found = filled(logs > 0)
        window = close_to(found, look.size) if found else WHOLE
        if window == WHOLE:
            return coarse
        close = self._stands_out(look, window)
        there = laid_on_grid(look, window, np.full_like(close, MOST_LOG_ODDS)) > 1 / 2
        mixed = (coarse + laid_on_grid(look, window, close)) / 2
        return np.where(there, mixed, coarse)

    def _stands_out(self, look: Look, window: Box) -> Floats:
        """Return log odds of the subject in a window."""
        seen = _seen(look.rgb, window, FINER_LONG)
        read = self._subjects.read(self._gaze.tokens(seen), seen)
        return levelled(self._subjects.answer(read, (), None)[OBJECT])

    def _answer(self, look: Look, window: Box, clicks: Sequence[Click], box: Box | None) -> Floats:
        place = box_seen_from(box, window) if box else None
        logs = self._head.answer(look.field(window), seen_from(clicks, window), place)
        return np.stack([levelled(logs[OBJECT]), levelled(logs[GROUP])])

    def _closest(self, look: Look, clicks: Sequence[Click], box: Box | None) -> tuple[Box, Floats]:
        """Return the window in which the thing is seen best, and log odds in it."""
        window, logs = self._window(look, clicks, box)
        if logs is None:
            logs = self._answer(look, window, clicks, box)
        inside = logs[OBJECT] > 0
        if window == WHOLE or not is_cut(inside, window):
            return window, logs
        found = filled(inside, window)
        wider = holding(close_to(found, look.size) if found else WHOLE, clicks, look.size)
        return wider, self._answer(look, wider, clicks, box)

    def _window(
        self, look: Look, clicks: Sequence[Click], box: Box | None
    ) -> tuple[Box, Floats | None]:
        """Return where to look, close to what the first click means if that is small.

        It depends on the clicks alone, never on what was looked at before. Of the whole picture
        the answer is known by then, and comes with it.
        """
        if box:
            return holding(close_to(box, look.size), clicks, look.size), None
        logs = None
        positive = [click for click in clicks if click.positive]
        for some in [positive[:1], clicks] if len(clicks) > 1 else [clicks]:
            logs = self._answer(look, WHOLE, some, None)
            inside = logs[OBJECT] > 0
            if positive:
                inside = joined(inside, under(some, inside.shape))
            found = filled(inside)
            if found and (window := close_to(found, look.size)) != WHOLE:
                return holding(window, clicks, look.size), None
        return WHOLE, logs

    def _others(
        self,
        look: Look,
        clicks: Sequence[Click],
        box: Box | None,
        seen: tuple[Box, Floats],
    ) -> Mapping[str, Matte]:
        """Return the part of the object that was clicked, and all that it hangs together with."""
        if not any(click.positive for click in clicks):
            return {}
        window, logs = seen
        group = self._answer(look, WHOLE, clicks, box)[GROUP]
        others = {"group": refined(look, laid_on_grid(look, WHOLE, group))}
        part = self._part(look, window, clicks, logs[OBJECT])
        if (part > 0).sum() >= SMALLEST * (logs[OBJECT] > 0).sum():
            others["part"] = refined(look, laid_on_grid(look, window, part))
        return others

    def _part(self, look: Look, window: Box, clicks: Sequence[Click], whole: Floats) -> Floats:
        """Return log odds of what in the object is like the place that was clicked."""
        known = look.field(window)
        rows, columns = known.grid
        share = (whole > 0).reshape(rows, whole.shape[0] // rows, columns, -1).mean((1, 3))
        here = seen_from(clicks, window)
        within = share.astype(np.float32)
        alike = like_clicked(known.tokens.astype(np.float32), here, within, least=PART)
        return np.minimum(alike, whole)


def _seen(rgb: NDArray[np.uint8], window: Box, long: int = LONG) -> NDArray[np.uint8]:
    """Return a window of a picture as the network looks at it, all of it `long` patches long."""
    size, close = Size(rgb.shape[1], rgb.shape[0]), Size(CLOSE * PATCH, CLOSE * PATCH)
    wanted = look_size(size, long) if window == WHOLE else close
    return part_at(rgb, window.scaled(size.width, size.height), wanted)
