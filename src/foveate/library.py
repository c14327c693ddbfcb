"""Foveate as a Python library: the verbs of the service, for whatever a program has in hand.

Each verb exists twice: to be called, from a script or a notebook, and to be awaited. Both go
through the same delivery, which lives on an event loop in a thread of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from foveate.background import awaited, default_app, desk_of, waited
from foveate.delivery.ask import Ask
from foveate.errors import BadOption, UnknownOption
from foveate.imaging.given import name_or_bytes
from foveate.options.draw import options_from_json
from foveate.options.grammar import parse_options
from foveate.options.model import TransformOptions
from foveate.service.annotate import prepare_annotated
from foveate.service.crops import read_gravity
from foveate.service.formats import wanted
from foveate.storage.source import Source
from foveate.values import Rendition

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from foveate.app import App
    from foveate.imaging.given import Given
    from foveate.service.analyse import AnalysisResult
    from foveate.service.crops import Crop
    from foveate.service.similar import Comparison
    from foveate.service.work import Work

    SourceLike = Given | Source
    OptionsLike = str | Mapping[str, object] | TransformOptions
    OneOrMore = str | Sequence[str]

T = TypeVar("T")


def read_options(options: OptionsLike) -> TransformOptions:
    """Return options given as text or like Workers' `cf.image`; a misspelt one is an error here."""
    if isinstance(options, TransformOptions):
        return options
    if not isinstance(options, str | Mapping):
        got = type(options).__name__
        raise BadOption(
            f"Expected options as text, as an object or as TransformOptions, got {got}."
        )
    parsed = parse_options(options) if isinstance(options, str) else options_from_json(options)
    if parsed.unknown:
        raise UnknownOption(f"There is no option {', '.join(map(repr, parsed.unknown))}.")
    return parsed.options


async def _read(app: App, source: SourceLike) -> Source:
    """Return a source: what is in hand as it is, names and addresses through the app's origin."""
    if isinstance(source, Source):
        return source if source.probe else replace(source, probe=app.probe)
    given = await asyncio.to_thread(name_or_bytes, source)
    return await app.origin.read(given) if isinstance(given, str) else app.source_of(given)


async def _work(
    app: App, sources: Sequence[SourceLike], prepare: Callable[..., Work[T]], span: str
) -> T:
    desk = desk_of(app)
    async with desk.sources:
        read_ones = [await _read(app, source) for source in sources]
        async with desk.workers, desk.delivery.admission.admit() as admitted:
            return await desk.delivery.run(admitted, read_ones, prepare, span=span)


async def _render(
    app: App,
    source: SourceLike,
    options: OptionsLike,
    overlays: Mapping[str, SourceLike] | None,
) -> Rendition:
    asked, given, desk = read_options(options), overlays or {}, desk_of(app)
    async with desk.sources:
        main = await _read(app, source)
        keys = asked.extra_sources()
        in_hand = {key: await _read(app, given.get(key, key)) for key in keys}
        async with desk.workers:
            ask = Ask(options=asked, source=main, in_hand=in_hand)
            made = await desk.delivery.rendition(ask)
    return Rendition(made.data, made.about.content_type, made.about.size, made.about.headers)


async def _analyse(app: App, source: SourceLike, parts: OneOrMore) -> AnalysisResult:
    prepare = partial(app.analyser.prepare, names=_listed(parts))
    return await _work(app, [source], prepare, "analyse")


async def _crops(
    app: App, source: SourceLike, aspects: OneOrMore, sets: OneOrMore, gravity: str, *, native: bool
) -> list[Crop]:
    names = wanted(_listed(aspects), _listed(sets))
    kind = read_gravity(gravity)
    prepare = partial(app.cropper.prepare, aspects=names, gravity=kind, native=native)
    return list((await _work(app, [source], prepare, "crops")).crops)


async def _similar(app: App, first: SourceLike, second: SourceLike) -> Comparison:
    return await _work(app, [first, second], app.comparer.prepare, "similar")


def _listed(words: OneOrMore) -> list[str]:
    """Return one word, several with commas between them, or a sequence of them, as a list."""
    if isinstance(words, str):
        return [word.strip() for word in words.split(",") if word.strip()]
    if not isinstance(words, Iterable):
        raise BadOption(f"Expected a word or several, got {type(words).__name__}.")
    return list(words)


def read(source: SourceLike, *, app: App | None = None) -> Source:
    """Return a picture that several verbs can be given, so that it is fetched and read once."""
    return waited(_read(app or default_app(), source))


async def read_async(source: SourceLike, *, app: App | None = None) -> Source:
    """Return the same as `read`, without holding up the event loop that awaits it."""
    return await awaited(_read(app or default_app(), source))


def render(
    source: SourceLike,
    options: OptionsLike,
    *,
    overlays: Mapping[str, SourceLike] | None = None,
    app: App | None = None,
) -> Rendition:
    """Return the rendition of a picture: `render("a.jpg", "width=400,fit=cover,gravity=face")`.

    `source` is a file name, an http(s) or s3 address, bytes, an open file, a PIL image or a numpy
    array; options are the URL's text or an object in the shape of Workers' `cf.image`, which can
    also `draw` overlays; `overlays` gives the pictures that the options name. Raises FoveateError.
    """
    return waited(_render(app or default_app(), source, options, overlays))


async def render_async(
    source: SourceLike,
    options: OptionsLike,
    *,
    overlays: Mapping[str, SourceLike] | None = None,
    app: App | None = None,
) -> Rendition:
    """Return the same as `render`, without holding up the event loop that awaits it."""
    return await awaited(_render(app or default_app(), source, options, overlays))


def analyse(
    source: SourceLike, parts: OneOrMore = "faces", *, app: App | None = None
) -> AnalysisResult:
    """Return what is known of a picture: `analyse("a.jpg", "faces,saliency")["faces"][0].box`."""
    return waited(_analyse(app or default_app(), source, parts))


async def analyse_async(
    source: SourceLike, parts: OneOrMore = "faces", *, app: App | None = None
) -> AnalysisResult:
    """Return the same as `analyse`, without holding up the event loop that awaits it."""
    return await awaited(_analyse(app or default_app(), source, parts))


def crops(
    source: SourceLike,
    aspects: OneOrMore = (),
    *,
    sets: OneOrMore = (),
    gravity: str = "face",
    native: bool = False,
    app: App | None = None,
) -> list[Crop]:
    """Return the best crop for each aspect ratio or format: `crops("a.jpg", ["1:1", "story"])`.

    `sets` names sets of formats, such as `social`; `gravity` is `face` or `auto`; `native` renders
    named formats at the source's own resolution.
    """
    made = _crops(app or default_app(), source, aspects, sets, gravity, native=native)
    return waited(made)


async def crops_async(
    source: SourceLike,
    aspects: OneOrMore = (),
    *,
    sets: OneOrMore = (),
    gravity: str = "face",
    native: bool = False,
    app: App | None = None,
) -> list[Crop]:
    """Return the same as `crops`, without holding up the event loop that awaits it."""
    made = _crops(app or default_app(), source, aspects, sets, gravity, native=native)
    return await awaited(made)


def similar(first: SourceLike, second: SourceLike, *, app: App | None = None) -> Comparison:
    """Return how alike the two most alike faces of two pictures are, e.g. `.best.probability`."""
    return waited(_similar(app or default_app(), first, second))


async def similar_async(
    first: SourceLike, second: SourceLike, *, app: App | None = None
) -> Comparison:
    """Return the same as `similar`, without holding up the event loop that awaits it."""
    return await awaited(_similar(app or default_app(), first, second))


def annotated(
    source: SourceLike,
    known: AnalysisResult,
    crops: Sequence[Crop] = (),
    *,
    app: App | None = None,
) -> bytes:
    """Return the picture as PNG with what an analysis says of it, and crops, drawn on it."""
    prepare = partial(prepare_annotated, known=known, crops=crops)
    return waited(_work(app or default_app(), [source], prepare, "draw"))
