"""Judges of what a design says and has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from foveate.design.scene.paint import Solid
from foveate.design.tasks.colours import near

if TYPE_CHECKING:
    from foveate.design.tasks.places import Views


def _block(views: Views, name: str) -> Any:  # noqa: ANN401 - a judge asks blocks of one kind
    return views[name].block


def text(before: Views, after: Views, name: str, words: str) -> bool:  # noqa: ARG001 - as all
    """Return whether a text says this alone."""
    return bool(_block(after, name).words == words)


def contains(before: Views, after: Views, name: str, *words: str) -> bool:
    """Return whether a text says this, which it did not."""
    said = " ".join(words)
    was, now = (_plain(_block(views, name).words) for views in (before, after))
    return _plain(said) in now and was != now


def _plain(words: str) -> str:
    return words.replace(",", ".").replace("\u00a0", " ")


def upper(before: Views, after: Views, name: str) -> bool:
    """Return whether a text says the same in capitals."""
    return bool(_block(after, name).words == _block(before, name).words.upper())


def alt(before: Views, after: Views, name: str, words: str) -> bool:  # noqa: ARG001 - as all judges
    """Return whether a picture is described so."""
    return bool(_block(after, name).alt == words)


def delete(before: Views, after: Views, *names: str) -> bool:  # noqa: ARG001 - as all judges
    """Return whether blocks are gone."""
    return not any(name in after for name in names)


def hide(before: Views, after: Views, name: str) -> bool:  # noqa: ARG001 - as all judges
    """Return whether a block is there, and not painted."""
    return bool(_block(after, name).hidden)


def copy(before: Views, after: Views, name: str) -> bool:
    """Return whether there is one more block of that kind and size."""
    new = [each.block for key, each in after.items() if key not in before]
    one = _block(before, name)
    same = [type(each) is type(one) and each.width == one.width for each in new]
    return bool(same) and same[0] and after[name].parent in {each.parent for each in after.values()}


def pagefill(before: Views, after: Views, wanted: str) -> bool:  # noqa: ARG001 - as all judges
    """Return whether the page, or the block that is its background, has a colour."""
    first = next(iter(after.values()))
    fills = [first.page.fill, _block(after, next(iter(after))).fill]
    return any(isinstance(each, Solid) and near(each.colour, wanted) for each in fills)
