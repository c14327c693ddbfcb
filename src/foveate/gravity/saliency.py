"""Keep as much as possible of what people look at, and cut no face."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.geometry.box import Box, Point
from foveate.geometry.fit import Window
from foveate.geometry.subject import box_without_specks
from foveate.geometry.windows import Kept, SummedMap, Wishes, best_window, cut_counts, worth_of
from foveate.gravity.bodies import Body, bodies, upright_bodies
from foveate.gravity.framing import Framing
from foveate.gravity.heads import fits, heads
from foveate.gravity.importance import importance
from foveate.gravity.lines import spared

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from foveate.geometry.box import Size
    from foveate.gravity.heads import Head
    from foveate.ports import GravityAnalysis
    from foveate.values import Face

PROMINENT: Final = 0.4
"""From this size on, beside the face that matters most, one is not cut if there is a way."""
DEAR: Final = 0.1
"""Share of all looks that cutting another face costs, or a body without its head, the less the
smaller it is."""
LINES: Final = (0.15, 0.03, 0.03, 0.03)
"""Share of all looks that cutting a line of text costs, where somebody knows of it, and what each
room around it costs that an edge comes into, of `lines.ROOMS`."""
MAIN_BODY: Final = 0.05
"""Share of the picture from which on, where no face is sure, a body is what it is about."""
WORTH: Final = 0.98
"""Share that hair, cheeks and the like must leave of the looks that a crop holds without them; what
is cut of what is dear counts as looks lost."""
SAME_BODY: Final = 0.3
"""Share of their union from which on a body in a map and a box are one person."""
MOST_HEADS: Final = 100
"""Only so many, the largest, are spared: each costs places to look at."""
SCALES: Final = tuple(2 ** (-step / 4) for step in range(13))
"""Sizes of a window when zooming, relative to the largest, down to an eighth."""
TIGHTEST: Final = 0.5
"""Share of what the largest window holds that the tightest one must still hold."""
HALF: Final = 0.5
SPECK: Final = 0.005
LEAST_SUBJECT: Final = 0.002
"""Share of the picture from which on something is a subject."""
ROOM: Final = 0.06
"""Around a subject that is zoomed in on, as a share of its sides."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """The people of a picture as crops see them, who matters most first."""

    heads: Sequence[Head] = ()
    bodies: Sequence[Body] = ()
    """Those without a face."""
    lines: Sequence[Sequence[Kept]] = ()
    """What is written beside them, and that with more and more room."""

    @property
    def kept(self) -> list[Kept]:
        """Return what of each of them is not cut where they are seen."""
        whole = [*(Kept.whole(head.face) for head in self.heads), *chain(*self.lines[:1])]
        return [*whole, *(Kept(held=body.top, seen=body.box) for body in self.bodies)]

    @property
    def is_sure(self) -> bool:
        """Return whether a face is one for sure: then that is what a picture is about."""
        return bool(self.heads) and self.heads[0].sure

    @classmethod
    def of(
        cls,
        faces: Sequence[Face],
        people: NDArray[np.floating],
        size: Size,
        within: Box,
        known: Sequence[Box] = (),
    ) -> Crowd:
        """Return who is seen inside a part of a picture of `size`.

        `people` is how probably each place of it is a person's: (rows, columns); `known` are
        boxes of people, where somebody has looked for them.
        """
        seen = heads(faces, within)[:MOST_HEADS]
        found = (_remains(body, within) for body in _all_bodies(bodies(people, size), known, size))
        faceless = [
            body for body in found if body and not any(_is_of(head.face, body) for head in seen)
        ]
        return cls(seen, faceless[:MOST_HEADS])


def _all_bodies(seen: Sequence[Body], known: Sequence[Box], size: Size) -> list[Body]:
    """Return the bodies that a map shows, and those in boxes that it does not, largest first."""
    more = [
        body
        for body in upright_bodies(known, size)
        if not any(body.box.iou(other.box) > SAME_BODY for other in seen)
    ]
    return sorted([*seen, *more], key=lambda body: body.share, reverse=True)


def _remains(body: Body, within: Box) -> Body | None:
    """Return what is left of a body inside a part of the picture; None without half of its top."""
    box, top = within.overlap(body.box), within.overlap(body.top)
    if box is None or top is None or top.area < body.top.area / 2:
        return None
    return Body(box, top, body.share)


def _is_of(face: Box, body: Body) -> bool:
    """Return whether a face is where that of a body is: in its upper half."""
    across, down = face.middle
    box = body.box
    return box.left <= across <= box.right and box.top <= down <= box.top + box.height / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Salient:
    """Place the crop where it holds the most looks, with no edge through a head if there is a way.

    With `zoom` 0 it is the largest window. With 1 it is the smallest that holds the whole subject,
    where a matte knows one, or half of the looks; in between lies what is in between.
    """

    zoom: float = 0.0

    def frame(self, within: Box, window: Window, analysis: GravityAnalysis) -> Framing:
        """Return the window inside `within` that keeps the most."""
        size, matte = analysis.size, analysis.known_matte()
        faces = analysis.faces()
        share = importance(analysis.saliency(), faces, matte, size)
        looks = SummedMap.of(share, size)
        crowd = Crowd.of(faces, analysis.people(), size, within, analysis.known_people())
        if lines := analysis.known_text():
            crowd = replace(crowd, lines=spared(lines, window, within))
        box = placed(looks, within, window, crowd)
        if self.zoom > 0:
            subject = subject_box(matte, size) if matte is not None else None
            roomy = subject and _grown(subject, ROOM).overlap(within)
            near = self._nearer(looks, within, box, crowd, roomy)
            box = next(near, box)
        return Framing(box=box, wanted=box, focus=peak(share, box, size), gravity="saliency")

    def _nearer(
        self,
        looks: SummedMap,
        within: Box,
        loose: Box,
        crowd: Crowd,
        subject: Box | None,
    ) -> Iterator[Box]:
        """Yield smaller windows that lose nothing of what the zoom leaves, the smallest first."""
        zoom, kept = min(self.zoom, 1.0), crowd.kept
        cuts, enough = _cuts(loose, kept), looks.held(loose) * (1 - zoom * (1 - TIGHTEST))
        least = 0.0
        if subject is not None:
            filled = max(subject.width / loose.width, subject.height / loose.height)
            least, enough = 1 - zoom * (1 - min(1.0, filled)), 0.0
        for scale in sorted({*SCALES, max(least, SCALES[-1])}):
            if scale < least:
                continue
            window = Window(loose.width * scale, loose.height * scale)
            box = placed(looks, within, window, crowd, subject)
            whole = subject is None or box.contains(subject)
            if whole and looks.held(box) >= enough and _cuts(box, kept) <= cuts:
                yield box


def subject_box(matte: NDArray[np.floating], size: Size) -> Box | None:
    """Return the box around a subject in a picture of `size`, given its alpha in 0..1; or None.

    Specks at its sides, half a percent of it on each, do not count.
    """
    solid = matte > HALF
    return box_without_specks(solid, size, SPECK) if solid.mean() >= LEAST_SUBJECT else None


def placed(
    looks: SummedMap, within: Box, window: Window, crowd: Crowd, subject: Box | None = None
) -> Box:
    """Return the place of the window that holds the most, and the head that matters most.

    That one is kept whole where it fits, or else its face, or its eyes, and so is a `subject`, and
    where no face is sure, the top of the largest body. Others of about its size are not cut if
    there is a way; smaller ones may be, and bodies may lose their heads, where much is to be seen
    instead.
    """
    near, wishes = _near(crowd.heads), _wishes(crowd, window, subject)
    groups = [
        [Kept.whole(box) for box in group if fits(box, window)]
        for group in zip(*((head.face, head.head, head.whole) for head in near), strict=True)
    ]
    best, least = within, -np.inf
    for count in range(1, max(1, len(groups)) + 1):
        found = best_window(looks, within, window, replace(wishes, uncut=groups[:count]))
        worth = worth_of(looks, found, wishes)
        if worth < least:
            break
        if count == 1:
            least = worth - (1 - WORTH) * looks.held(found)
        best = found
    return best


def _wishes(crowd: Crowd, window: Window, subject: Box | None) -> Wishes:
    """Return what a window of that size shall keep, but for the edges of the main heads."""
    people, near = crowd.heads, _near(crowd.heads)
    first = people[0].largest_in(window) if crowd.is_sure else None
    small = [head for head in people if head not in near]
    dear = [(Kept.whole(head.face), DEAR * head.weight**0.5) for head in small]
    known = [body for body in crowd.bodies if fits(body.top, window)]
    headed = [Kept(held=body.top, seen=body.box) for body in known]
    costs = [DEAR * (body.share / known[0].share) ** 0.5 for body in known]
    dear += [
        (one, cost)
        for group, cost in zip(crowd.lines, LINES, strict=False)
        for one in group
        if fits(one.held, window)
    ]
    main = 1 if known and not crowd.is_sure and known[0].share >= MAIN_BODY else 0
    return Wishes(
        whole=[*(box for box in (first, subject) if box), *(k.held for k in headed[:main])],
        dear=[*dear, *list(zip(headed, costs, strict=True))[main:]],
    )


def _near(people: Sequence[Head]) -> list[Head]:
    """Return the heads of about the size of the one that matters most, if any face is one."""
    sure = [head for head in people if head.sure] or people
    return [head for head in sure if head.weight >= PROMINENT]


def _grown(box: Box, by: float) -> Box:
    across, down = by * box.width, by * box.height
    return Box(box.left - across, box.top - down, box.width + 2 * across, box.height + 2 * down)


def _cuts(box: Box, kept: Sequence[Kept]) -> int:
    window = Window(box.width, box.height)
    return int(cut_counts(kept, np.array([box.left]), np.array([box.top]), window)[0, 0])


def peak(share: NDArray[np.floating], box: Box, size: Size) -> Point:
    """Return the place inside a box that matters most, 0..1 of the whole picture."""
    rows, columns = share.shape
    down = (np.arange(rows) + 0.5) * size.height / rows
    across = (np.arange(columns) + 0.5) * size.width / columns
    inside = np.outer(
        (down >= box.top) & (down <= box.bottom), (across >= box.left) & (across <= box.right)
    )
    if not inside.any():
        return box.centre(size)
    row, column = divmod(int(np.where(inside, share, -1).argmax()), columns)
    return Point((column + 0.5) / columns, (row + 0.5) / rows)
