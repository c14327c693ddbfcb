"""Designs that are kept, filled in for renditions: read when one asks, and then at hand."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final

from foveate.design.by_url import ByUrl
from foveate.design.drawing.asked import pictures_of
from foveate.design.xml import writing
from foveate.errors import BadOption, UnknownDesign, UnsupportedOption
from foveate.options.designed import PHOTO, Filled
from foveate.options.masks import Clicked
from foveate.options.values import shown
from foveate.service.draw import MOST_PICTURES, page_of, picture_options
from foveate.storage.memory import MemoryCache
from foveate.transform.masked import masks_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.design.drawing.bounds import Bounds
    from foveate.design.scene.model import Page, Scene
    from foveate.options.designed import Designed
    from foveate.options.grammar import Presets
    from foveate.options.model import TransformOptions
    from foveate.service.kept_designs import Store

KEPT_BYTES: Final = 32 * 1024 * 1024
"""Of designs as they are kept, and as they are filled in, each."""
SPREAD: Final = 12
"""How many bytes a design takes in memory to one of its XML."""
UNKNOWN: Final = (
    "There is no design {} for image URLs: keep it with POST /v1/designs?id={}, and let "
    "FOVEATE_DESIGNS__PUBLISHED name it."
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A version of a design, ready to be filled in."""

    fill: ByUrl
    bytes: int


@dataclass(frozen=True, slots=True)
class Done:
    """A design that is filled in."""

    filled: Filled
    scene: Scene
    page: Page
    bytes: int


def _size(made: Kept | Done) -> int:
    return made.bytes


def _cache() -> MemoryCache[Any]:
    return MemoryCache(KEPT_BYTES, _size)


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledDesigns:
    """The designs of one machine, for renditions. Blocks; any thread may call it."""

    store: Store
    presets: Presets
    bounds: Bounds
    published: Sequence[str] = ("*",)
    """Ids, or patterns of ids, of those that there are for whoever asks."""
    _kept: MemoryCache[Kept] = field(default_factory=_cache)
    _done: MemoryCache[Done] = field(default_factory=_cache)

    def settled(self, options: TransformOptions, *, photo: bool) -> TransformOptions:
        """Return options with their designs read and filled in, in versions of now.

        `photo` says whether there is a picture for a design to show. Raises UnknownDesign,
        BadOption, BadDesign, UnsupportedOption, DesignsUnusable.
        """
        given: dict[str, Any] = {}
        for name, shows in (("design", photo), ("overlay", False)):
            asked: Designed | None = getattr(options, name)
            if asked is not None:
                done = self._done_of(asked, self._digest(asked), photo=shows)
                given[name] = replace(asked, filled=done.filled)
        return replace(options, **given)

    def page(self, asked: Designed) -> tuple[Scene, Page]:
        """Return the design that was settled, and the page of it that is asked for."""
        filled = asked.filled
        if filled is None:
            raise UnsupportedOption("Expected no design here: URLs of pictures take one.")
        done = self._done_of(asked, filled.of, photo=filled.photo)
        return done.scene, done.page

    def _digest(self, asked: Designed) -> str:
        """Return the digest of the version that is meant. Raises UnknownDesign."""
        if not any(fnmatchcase(asked.id, each) for each in self.published):
            raise _unknown(asked.id)
        try:
            return self.store.digest(asked.id, asked.version)
        except UnknownDesign as why:
            raise why if str(why) and asked.version else _unknown(asked.id) from why

    def _done_of(self, asked: Designed, of: str, *, photo: bool) -> Done:
        said = repr((of, asked.page, asked.values, photo))
        key = hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
        if (known := self._done.get(key)) is not None:
            return known
        kept = self._kept_of(asked.id, of)
        scene = kept.fill(asked.values, photo=photo)
        page = page_of(scene, asked.page)
        digest = hashlib.sha256(f"{writing.digest(scene)} {page.id}".encode()).hexdigest()
        filled = self._about(page, Filled(of=of, digest=digest, photo=photo))
        done = Done(filled, scene, page, kept.bytes)
        self._done.put(key, done)
        return done

    def _kept_of(self, id_: str, of: str) -> Kept:
        if (known := self._kept.get(of)) is not None:
            return known
        scene = self.store.by_digest(id_, of)
        kept = Kept(ByUrl.of(scene), SPREAD * len(writing.dumps(scene)))
        self._kept.put(of, kept)
        return kept

    def _about(self, page: Page, filled: Filled) -> Filled:
        """Return what else is known of a page: what its pictures need."""
        asked = pictures_of(page, 1.0, bounds=self.bounds)
        if len(asked) > MOST_PICTURES:
            raise BadOption(f"Expected at most {MOST_PICTURES} pictures, got {len(asked)}.")
        if not filled.photo and any(each.src == PHOTO for each in asked):
            raise BadOption("Expected a URL with a source: the design shows it, got none.")
        options = [picture_options(each, self.presets) for each in asked]
        for each in options:
            _check(each)
        sources = [each.src for each in asked if each.src != PHOTO]
        sources += [key for each in options for key in each.extra_sources()]
        return replace(
            filled,
            sources=tuple(dict.fromkeys(sources)),
            pictures=tuple(dict.fromkeys(options)),
        )


def _check(options: TransformOptions) -> None:
    """Raise UnsupportedOption for options of a picture in a design that others may not see."""
    if any(isinstance(each, Clicked) for each in masks_of(options)):
        raise UnsupportedOption("Expected pictures of designs without masks by an id, got some.")
    if named := options.subjects():
        raise UnsupportedOption(
            f"Expected pictures of designs to name nobody of the face index, got {named[0].name}."
        )


def _unknown(id_: str) -> UnknownDesign:
    sentence = UNKNOWN.format(shown(id_), id_)
    return UnknownDesign(sentence, public=sentence)
