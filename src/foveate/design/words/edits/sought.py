"""Pictures that are looked for by what they show, and put in."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from foveate.design.tree import replaced
from foveate.design.words.answer import CannotBe, Unclear
from foveate.design.words.pictured import pictured

if TYPE_CHECKING:
    from foveate.design.scene.model import Block, Picture, Scene
    from foveate.design.sought import Candidate, Sought
    from foveate.design.words.work import Done, Work

_ITS_OWN: Final = re.compile(
    r"^(?:trim\b|rotate=|segment\.person=)|=.*(?:\d*\.?\d+x\d*\.?\d+|subject:)"
)
"""Options that point into the picture that was there, which another one has elsewhere."""
_AS_SURE: Final = 0.1
"""By so much less sure a picture may be that is there already."""


def another(work: Work) -> Done:
    """Put in the picture that shows what is said."""
    wanted = pictured(work.said)
    if wanted is None or work.library is None:
        raise Unclear("Which picture? Say the name of its file.")
    found = work.library(wanted.shows)
    best = found.best
    if best is None:
        raise CannotBe(f"{nothing(found)} {work.names()} stays as it is.")
    return _with(work, found, best, wanted.shows), sentence(work.names(), found, best)


def describe(work: Work) -> Done:
    """Say what a picture shows, and put in one of the library that does."""
    quoted, wanted = work.said.quotes, pictured(work.said)
    words = quoted[0].text if quoted else wanted.shows if wanted else ""
    if not words:
        raise Unclear("What does it show? Write it in quotation marks.")
    said = f"Described {work.names()} as \u201c{words}\u201d."
    described = work.fields(alt=words)
    if work.library is None:
        return described, said
    found = work.library(words)
    best = found.best
    if best is None:
        return described, f"{said} {nothing(found)} The picture stays."
    if any(_shows(found, each.src) for each in work.pictures()):
        return described, f"{said} The picture shows that already."
    return _with(work, found, best, words), f"{said} {sentence(work.names(), found, best)}"


def _shows(found: Sought, src: str) -> bool:
    """Return whether the picture that is there is as sure as what would be put in."""
    best = found.best
    return best is not None and any(
        each.src == src and each.sure >= best.sure - _AS_SURE for each in found.found
    )


def _with(work: Work, found: Sought, best: Candidate, words: str) -> Scene:
    work.offers.extend(found.others(best.src))
    blocks: dict[str, Block | None] = {
        each.id: put_in(each, best.src, words) for each in work.pictures()
    }
    return replaced(work.scene, blocks)


def put_in(picture: Picture, src: str, words: str) -> Picture:
    """Return an image that shows another picture, without what was said of places in the old one.

    Options that make something of any picture stay: `gravity=face,saturation=0`.
    """
    return replace(picture, src=src, alt=words, options=_anywhere(picture.options))


def _anywhere(options: str) -> str:
    """Return options without those that point into one picture.

    >>> _anywhere("gravity=face,blur=4"), _anywhere("gravity=0.2x0.7,zoom=0.4,saturation=0")
    ('gravity=face,blur=4', 'zoom=0.4,saturation=0')
    """
    return ",".join(each for each in options.split(",") if each and not _ITS_OWN.search(each))


def sentence(names: str, found: Sought, best: Candidate) -> str:
    """Return what was put in, why, and what else it may be."""
    told = [f"Put {best.src} in {names}: it shows {best.shows} ({best.sure:.0%} sure)."]
    if others := found.others(best.src):
        listed = ", ".join(f"{each.src} ({each.sure:.0%})" for each in others)
        told.append(f"Others: {listed}.")
    return " ".join([*told, *_unseen(found)])


def nothing(found: Sought) -> str:
    """Return that no picture is sure enough, and which comes nearest."""
    told = [f"None of {found.pictures} pictures surely shows \u201c{found.words}\u201d."]
    if found.found:
        first = found.found[0]
        told.append(f"Nearest is {first.src}: {first.shows} ({first.sure:.0%} sure).")
    return " ".join([*told, *_unseen(found)])


def _unseen(found: Sought) -> list[str]:
    if not found.unseen:
        return []
    left = f"{found.unseen} pictures have not been looked at yet"
    return [f"{left}: `foveate design library build` does."]
