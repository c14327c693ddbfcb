"""Sources: pictures that there are, and that may be used, with options that Foveate reads."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from foveate.design.checks.model import Found
from foveate.design.scene.model import Picture
from foveate.design.scene.paint import PictureFill
from foveate.design.tree import mapped, spots
from foveate.errors import BadRequest
from foveate.options.grammar import parse_options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foveate.design.checks.model import Case
    from foveate.design.scene.model import Block, Page, Scene

Shown = tuple[str, str]
"""The source of a picture, and its options."""
SOURCE, OPTIONS = "source", "options"


def check(case: Case) -> Iterator[Found]:
    """Return pictures that cannot be shown, and that were not there before."""
    old = list(_shown(case.before).values())
    sources, options = {source for source, _ in old}, {said for _, said in old}
    for name, (source, said) in _shown(case.after).items():
        asked = case.looks.sources if source not in sources else None
        if asked is not None and (why := asked(source)):
            yield Found(name, f"{name}: {why}", matter=SOURCE)
        if said not in options and (why := _wrong(said)):
            yield Found(name, f"{name}: {why}", matter=OPTIONS)


def repair(case: Case, found: tuple[Found, ...]) -> Scene:
    """Return the design with the pictures and options that were there before."""
    old = _shown(case.before)
    bad = {(each.block, each.matter) for each in found if each.block in old}

    def mended(element: Any) -> Any:  # noqa: ANN401 - a block or a page
        said: dict[str, Any] = {}
        if (element.id, SOURCE) in bad:
            said["src"] = old[element.id][0]
        if {(element.id, SOURCE), (element.id, OPTIONS)} & bad:
            said["options"] = old[element.id][1]
        if not said:
            return element
        if isinstance(element, Picture):
            return replace(element, **said)
        return replace(element, fill=replace(element.fill, **said))

    pages = tuple(map(mended, case.after.pages))
    return mapped(replace(case.after, pages=pages), mended)


def _wrong(options: str) -> str:
    """Return what is wrong with options; nothing where all of them are read."""
    try:
        parse_options(options).check()
    except BadRequest as why:
        return why.public
    return ""


def _shown(scene: Scene) -> dict[str, Shown]:
    """Return what shows a picture: image blocks, and all that is filled with one."""
    elements: list[Page | Block] = [*scene.pages, *(spot.block for spot in spots(scene).values())]
    found: dict[str, Shown] = {}
    for each in elements:
        fill = getattr(each, "fill", None)
        if isinstance(each, Picture):
            found[each.id] = each.src, each.options
        elif isinstance(fill, PictureFill):
            found[each.id] = fill.src, fill.options
    return found
