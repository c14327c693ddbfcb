"""How much memory work on a picture takes, from its header alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.transform.layout import Layout
    from foveate.values import Facts


def decoded_bytes(facts: Facts, frames: int = 1) -> int:
    """Return the bytes of a file, of its decoded frames, and of what its decoder holds beside.

    All are counted in full: some options read a picture in another order than it is stored in.
    """
    return facts.bytes + facts.size.area * facts.pixel_bytes * frames + facts.held_bytes


def rendering_bytes(
    layout: Layout, facts: Facts, others: Sequence[Facts] = (), *, frames: int = 1
) -> int:
    """Return an upper estimate of the bytes that rendering takes, without what parts take.

    Answers count twice. Of `others`, laid over or behind it, one is decoded at a time.
    """
    files = sum(other.bytes for other in others)
    beside = files + max((decoded_bytes(other) - other.bytes for other in others), default=0)
    return decoded_bytes(facts, frames) + layout.fitted.canvas.area * 8 * frames + beside
