"""Rows and columns solved for a room: the only home of kiwisolver.

First across, then, since lines break by the width that they have, down. What has to be is required:
no part leaves what it stands in, and none lies over the next. All else is wished for.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from foveate.design.resizing.cutting import Branch, Leaf, Node, Way, captioned, leaves
from foveate.design.resizing.wishes import Asking, Wish
from foveate.design.scene.model import Pin
from foveate.errors import BadInstallation
from foveate.geometry.box import Box

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from foveate.design.resizing.parts import Unit

TIGHT: Final = 0.7
"""Of the gap that is wished for, that there is at least."""
LOOSE: Final = 2.2
"""Times the gap that is wished for, that there is at most, where nothing grows."""
HALF: Final = 0.5
FEW: Final = 2
"""Times as many as stand at the end of a column that stand at its start."""
LEAST_GAP: Final = 0.2
MOST_GAP: Final = 2.2
"""Of the usual gap, that two parts have which stood nearer, or farther from each other."""


def kiwi() -> Any:  # noqa: ANN401 - an extra, without types
    """Return kiwisolver. Raises BadInstallation where it is not there."""
    try:
        import kiwisolver  # noqa: PLC0415 - an extra
    except ImportError as why:
        wanted = "Expected kiwisolver for designs, got none: pip install 'foveate[design]'."
        raise BadInstallation(wanted, public=wanted) from why
    return kiwisolver


def solved(node: Node, asking: Asking, gap: float) -> dict[str, Box] | None:
    """Return the box of each unit by the id of its main block; None where there is no room.

    `gap` is what usually is between two parts.
    """
    room = asking.room
    wide = _side(node, Way.ACROSS, (room.left, room.width), gap, asking, asking.across)
    if wide is None:
        return None

    def down(unit: Unit) -> Wish:
        return asking.down(unit, wide[unit.main.id][1])

    high = _side(node, Way.DOWN, (room.top, room.height), gap, asking, down)
    if high is None:
        return None
    return {
        unit.main.id: Box(left, top, width, height)
        for unit in leaves(node)
        for (left, width), (top, height) in [(wide[unit.main.id], high[unit.main.id])]
    }


def _side(
    node: Node,
    way: Way,
    room: tuple[float, float],
    gap: float,
    asking: Asking,
    wish: Callable[[Unit], Wish],
) -> dict[str, tuple[float, float]] | None:
    wishes = {unit.main.id: wish(unit) for unit in leaves(node)}
    system = _System(way, gap, wishes, asking.by)
    try:
        system.root(node, *room)
    except kiwi().UnsatisfiableConstraint:
        return None
    return system.found()


@dataclass(frozen=True, slots=True)
class _Span:
    """Where a part begins, and how long it is: two variables."""

    start: Any
    size: Any

    @property
    def end(self) -> Any:  # noqa: ANN401 - an expression
        return self.start + self.size


@dataclass(slots=True)
class _System:
    """The constraints of one direction."""

    way: Way
    gap: float
    wishes: Mapping[str, Wish]
    by: float
    _solver: Any = field(default_factory=lambda: kiwi().Solver())
    _spans: dict[str, _Span] = field(default_factory=dict)

    def root(self, node: Node, start: float, length: float) -> None:
        """Put a page's parts into its room."""
        span = self._span()
        self._must(span.start == start)
        self._must(span.size == length)
        if isinstance(node, Leaf):
            self._across(node, span)
        else:
            self._inside(node, span)

    def found(self) -> dict[str, tuple[float, float]]:
        """Return where each unit begins, and how long it is."""
        self._solver.updateVariables()
        return {name: (span.start.value(), span.size.value()) for name, span in self._spans.items()}

    def _inside(self, branch: Branch, span: _Span) -> None:
        if branch.way is not self.way:
            odd = self._odd(branch)
            for part in branch.parts:
                at = 0.0 if part in odd else self._told(part, branch)
                self._across(part, span, at)
            return
        spans = [self._part(part) for part in branch.parts]
        self._in_turn(branch, spans, span)
        self._sizes(branch.parts, spans)
        self._fill(branch, spans, span)

    def _in_turn(self, branch: Branch, spans: Sequence[_Span], span: _Span) -> None:
        """Let parts stand one after the other, inside of what holds them."""
        self._must(spans[0].start >= span.start)
        self._must(spans[-1].end <= span.end)
        for place, (one, other) in enumerate(pairwise(spans)):
            least = TIGHT * self._gap(branch.parts[place], branch.parts[place + 1])
            self._must(other.start >= one.end + least)

    def _sizes(self, parts: Sequence[Node], spans: Sequence[_Span]) -> None:
        """Let parts be as long as they want to be, or shorter all by one share."""
        share = self._variable()
        self._wish(share == 1, "medium")
        first: tuple[float, Any] | None = None
        for part, span in zip(parts, spans, strict=True):
            wish = self._wish_of(part)
            self._must(span.size >= wish.least)
            self._must(span.size <= wish.most)
            if wish.grows:
                self._wish(span.size == wish.wanted, "weak")
                if first is not None:
                    self._wish(span.size * first[0] == first[1] * wish.wanted, "medium")
                first = first or (wish.wanted, span.size)
            elif isinstance(part, Leaf) and wish.least == wish.wanted:
                self._must(span.size == wish.wanted)
            else:
                self._wish(span.size == share * wish.wanted, "strong")

    def _fill(self, branch: Branch, spans: Sequence[_Span], span: _Span) -> None:
        """Let gaps be as they were; what is left goes to who grows, or between all."""
        grows = any(self._wish_of(part).grows for part in branch.parts)
        ends = self._wish_of(branch.parts[0]).at, self._wish_of(branch.parts[-1]).at
        spread = self.way is Way.ACROSS and ends == (0.0, 1.0)
        wider = self._variable()
        self._must(wider >= TIGHT)
        if not spread:
            self._must(wider <= LOOSE)
        # Photos grow first; gaps where those have all that they may.
        self._wish(wider == 1, "medium" if grows else "weak")
        for place, (one, other) in enumerate(pairwise(spans)):
            gap = self._gap(branch.parts[place], branch.parts[place + 1])
            self._wish(other.start == one.end + wider * gap, "strong")
        before, after = spans[0].start - span.start, span.end - spans[-1].end
        if grows or spread:
            self._wish(before + after == 0, "strong")
            flush = self._wish_of(branch.parts[0]).flush
            self._wish(before == 0 if flush else before == after, "medium")
            return
        at = self._at(branch)
        self._wish(before * (1 - at) == after * at, "strong")
        self._wish(before + after == 0, "medium")

    def _at(self, branch: Branch) -> float:
        """Return where parts stand that do not fill their room."""
        if self.way is Way.DOWN:
            return 0.5
        first = self._wish_of(branch.parts[0])
        last = self._wish_of(branch.parts[-1])
        return first.at if first.at == last.at else min(first.at, last.at)

    def _odd(self, branch: Branch) -> list[Node]:
        """Return the few of a column that stood beside the others, and go below them now."""
        if self.way is not Way.ACROSS:
            return []
        ends = [part for part in branch.parts if isinstance(part, Leaf) and self._ends(part)]
        starts = [part for part in branch.parts if self._wish_of(part).at == 0]
        lying = [part for part in branch.parts if self._wish_of(part).grows]
        sided = {id(part) for part in (*ends, *starts, *lying)}
        few = FEW * len(ends) <= len(starts) and len(sided) == len(branch.parts)
        return [each for each in ends if any(_beside(each, part) for part in starts)] if few else []

    def _ends(self, part: Leaf) -> bool:
        """Return whether something that does not fill its row keeps to the end of it."""
        wish = self._wish_of(part)
        return wish.at == 1 and not wish.fills and Pin.RIGHT not in part.unit.main.pin

    def _told(self, part: Node, branch: Branch) -> float | None:
        """Return where an icon stands over its words, and what stands between two of them."""
        if not isinstance(part, Leaf) or self._wish_of(part).fills:
            return None
        if self.way is Way.ACROSS:
            several = sum(map(captioned, branch.parts)) > 1
            return HALF if captioned(branch) or several else None
        if not any(map(captioned, branch.parts)):
            return None
        free = branch.box.height - part.box.height
        return (part.box.top - branch.box.top) / free if free > 0 else HALF

    def _across(self, part: Node, span: _Span, at: float | None = None) -> None:
        """Put a part beside its siblings, in the direction in which each has all of the room."""
        mine, wish = self._part(part), self._wish_of(part)
        wish = wish if at is None else replace(wish, at=at)
        self._must(mine.start >= span.start)
        self._must(mine.end <= span.end)
        if isinstance(part, Leaf):
            self._must(mine.size >= wish.least)
            self._must(mine.size <= wish.most)
        if wish.fills or isinstance(part, Branch):
            self._wish(mine.size == span.size, "strong")
        else:
            self._must(mine.size <= wish.wanted)
            self._wish(mine.size == wish.wanted, "strong")
        self._wish(mine.start + wish.at * mine.size == span.start + wish.at * span.size, "strong")

    def _part(self, part: Node) -> _Span:
        span = self._span()
        if isinstance(part, Branch):
            self._inside(part, span)
        else:
            self._spans[part.unit.main.id] = span
        return span

    def _wish_of(self, part: Node) -> Wish:
        if isinstance(part, Leaf):
            return self.wishes[part.unit.main.id]
        inner = [self._wish_of(each) for each in part.parts]
        grows = any(wish.grows for wish in inner)
        if part.way is not self.way:
            at = inner[0].at if len({wish.at for wish in inner}) == 1 else 0.0
            wanted = max(wish.wanted for wish in inner)
            most = max(wish.most for wish in inner)
            return Wish(max(wish.least for wish in inner), wanted, grows=grows, most=most, at=at)
        gaps = sum(map(self._gap, part.parts, part.parts[1:]))
        least = sum(wish.least for wish in inner) + TIGHT * gaps
        return Wish(least, sum(wish.wanted for wish in inner) + gaps, grows=grows, at=inner[0].at)

    def _gap(self, one: Node, other: Node) -> float:
        """Return what is between two parts: as before, where they stood in this direction."""
        if self.way is Way.ACROSS:
            was = other.box.left - one.box.right
        else:
            was = other.box.top - one.box.bottom
        if was <= 0:
            return self.gap
        return min(max(was * self.by, LEAST_GAP * self.gap), MOST_GAP * self.gap)

    def _span(self) -> _Span:
        return _Span(self._variable(), self._variable())

    def _variable(self) -> Any:  # noqa: ANN401 - kiwisolver's
        """Return a variable that is known to the solver, so that their order is always the same."""
        made = kiwi().Variable()
        self._must(made >= 0)
        return made

    def _must(self, constraint: Any) -> None:  # noqa: ANN401 - kiwisolver's
        self._solver.addConstraint(constraint | "required")

    def _wish(self, constraint: Any, strength: str) -> None:  # noqa: ANN401 - kiwisolver's
        self._solver.addConstraint(constraint | strength)


def _beside(one: Node, other: Node) -> bool:
    """Return whether two parts stood beside each other."""
    return one.box.top < other.box.bottom and other.box.top < one.box.bottom
