"""Foveate as a Python library: the verbs of the service, for whatever a program has in hand.

Each verb exists twice: to be called, from a script or a notebook, and to be awaited. Both go
through the same delivery, which lives on an event loop in a thread of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from foveate.background import (
    awaited,
    default_app,
    desk_of,
    streamed,
    streamed_async,
    waited,
)
from foveate.delivery.ask import Ask
from foveate.delivery.recognition import recognition
from foveate.errors import BadOption, UnknownOption
from foveate.imaging.given import name_or_bytes
from foveate.options.addresses import Addresses, found_at, prefix, sent
from foveate.options.draw import options_from_json
from foveate.options.grammar import NO_PRESETS, parse_options
from foveate.options.model import TransformOptions
from foveate.options.table import unknown_option
from foveate.rendition import Rendition
from foveate.service.access import noted_stream
from foveate.service.aims import read_faces, read_gravity, read_objects
from foveate.service.annotate import prepare_annotated, prepare_selection
from foveate.service.audited import local_naming, recognition_visit
from foveate.service.formats import wanted
from foveate.service.pointed import pointed
from foveate.service.responsive import MOST, Loading, Until, read_asked
from foveate.service.score import prepare_pair
from foveate.service.stages.search import LIMIT
from foveate.service.told import asked
from foveate.storage.source import Source

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence

    from foveate.app import App
    from foveate.enrolled import Named
    from foveate.geometry.box import Box
    from foveate.imaging.given import Given
    from foveate.options.grammar import Presets
    from foveate.service.analyse import AnalysisResult
    from foveate.service.crops import Crop
    from foveate.service.pointed import Place, Pointed
    from foveate.service.responsive import Srcset, SrcsetAsked
    from foveate.service.select import Selection
    from foveate.service.similar import Comparison
    from foveate.service.told import Asked, Told
    from foveate.service.work import Work

    SourceLike = Given | Source
    OptionsLike = str | Mapping[str, object] | TransformOptions
    OneOrMore = str | Sequence[str]
    Handed = Source | str

T = TypeVar("T")


def read_options(options: OptionsLike, presets: Presets = NO_PRESETS) -> TransformOptions:
    """Return options given as text or like Workers' `cf.image`; a misspelt one is an error here."""
    if isinstance(options, TransformOptions):
        return options
    if not isinstance(options, str | Mapping):
        got = type(options).__name__
        raise BadOption(
            f"Expected options as text, as an object or as TransformOptions, got {got}."
        )
    if isinstance(options, str):
        parsed = parse_options(options, presets)
    else:
        parsed = options_from_json(options, presets=presets)
    if parsed.unknown:
        raise UnknownOption(f"There is no option {', '.join(map(unknown_option, parsed.unknown))}.")
    return parsed.options


def handed(app: App, source: SourceLike) -> Handed:
    """Return what was handed over, read where that was done: files of the caller may block.

    Names and addresses stay such.
    """
    if isinstance(source, Source):
        return source if source.probe else replace(source, probe=app.probe)
    given = name_or_bytes(source, app.settings.limits.max_pixels)
    return given if isinstance(given, str) else app.source_of(given)


def _order(
    app: App,
    source: SourceLike,
    options: OptionsLike,
    overlays: Mapping[str, SourceLike] | None,
) -> tuple[TransformOptions, Handed, dict[str, Handed]]:
    """Return what is to be rendered; objects of the caller are not touched after that."""
    asked, given = read_options(options, app.presets), dict(overlays or {})
    main = handed(app, source)
    asked = _settled(app, asked, main)
    drawn = {key: handed(app, given.get(key, key)) for key in asked.extra_sources()}
    return asked, main, drawn


def _settled(app: App, options: TransformOptions, source: Handed) -> TransformOptions:
    """Return options with the designs that they name read and filled in."""
    return app.designs.settled(options, photo=Ask(options=options, source=source).photo)


async def _read(app: App, source: Handed) -> Source:
    return await app.origin.read(source) if isinstance(source, str) else source


async def work_on(
    app: App, sources: Sequence[Handed], prepare: Callable[..., Work[T]], span: str
) -> T:
    """Return what the work gives that `prepare` makes of these sources, within the bounds."""
    desk = desk_of(app)
    async with desk.sources:
        read_ones = [await _read(app, source) for source in sources]
        async with desk.workers, desk.delivery.admission.admit() as admitted:
            return await desk.delivery.run(admitted, read_ones, prepare, span=span)


async def _render(
    app: App, options: TransformOptions, source: Handed, drawn: Mapping[str, Handed]
) -> Rendition:
    desk = desk_of(app)
    async with desk.sources:
        main = await _read(app, source)
        in_hand = {key: await _read(app, each) for key, each in drawn.items()}
        async with desk.workers:
            ask = Ask(options=options, source=main, in_hand=in_hand)
            made = await desk.delivery.rendition(ask)
    await _note_named(app, options.subjects())
    return Rendition(bytes(made.data), made.about.content_type, made.about.size, made.about.headers)


async def _note_named(app: App, named: Sequence[Named]) -> None:
    """Note who was asked for by name, before that is answered. Raises AuditFailed."""
    if named:
        await asyncio.to_thread(local_naming(app.access.audit, named).note)


async def _analyse(app: App, source: Handed, names: Sequence[str]) -> AnalysisResult:
    return await work_on(app, [source], partial(app.analyser.prepare, names=names), "analyse")


async def _crops(
    app: App, source: Handed, names: Sequence[str], how: Mapping[str, Any]
) -> list[Crop]:
    prepare = partial(app.cropper.prepare, aspects=names, **how)
    found = await work_on(app, [source], prepare, "crops")
    await _note_named(app, how["faces"] if isinstance(how["faces"], tuple) else ())
    return list(found.crops)


def _aim(
    gravity: str | None,
    zoom: float | None,
    faces: str | None,
    objects: str | None,
    *,
    native: bool,
) -> dict[str, Any]:
    read = {"gravity": read_gravity(gravity), "faces": read_faces(faces)}
    return {**read, "objects": read_objects(objects), "zoom": zoom, "native": native}


async def _similar(app: App, first: Handed, second: Handed) -> Comparison:
    return await work_on(app, [first, second], app.comparer.prepare, "similar")


async def _select(app: App, source: Handed, asked: Pointed) -> Selection:
    return await work_on(app, [source], partial(app.selecting.prepare, asked=asked), "select")


async def _score(app: App, reference: Handed, picture: Handed) -> float:
    return await work_on(app, [reference, picture], prepare_pair, "score")


def _listed(words: OneOrMore) -> list[str]:
    """Return one word, several with commas between them, or a sequence of them, as a list."""
    if isinstance(words, str):
        return [word.strip() for word in words.split(",") if word.strip()]
    if not isinstance(words, Iterable):
        raise BadOption(f"Expected a word or several, got {type(words).__name__}.")
    return list(words)


def read(source: SourceLike, *, app: App | None = None) -> Source:
    """Return a picture that several verbs can be given, so that it is fetched and read once."""
    app = app or default_app()
    return waited(_read(app, handed(app, source)))


async def read_async(source: SourceLike, *, app: App | None = None) -> Source:
    """Return the same as `read`, without holding up the event loop that awaits it."""
    app = app or default_app()
    return await awaited(_read(app, await asyncio.to_thread(handed, app, source)))


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
    app = app or default_app()
    return waited(_render(app, *_order(app, source, options, overlays)))


async def render_async(
    source: SourceLike,
    options: OptionsLike,
    *,
    overlays: Mapping[str, SourceLike] | None = None,
    app: App | None = None,
) -> Rendition:
    """Return the same as `render`, without holding up the event loop that awaits it."""
    app = app or default_app()
    order = await asyncio.to_thread(_order, app, source, options, overlays)
    return await awaited(_render(app, *order))


def analyse(
    source: SourceLike, parts: OneOrMore = "faces", *, app: App | None = None
) -> AnalysisResult:
    """Return what is known of a picture: `analyse("a.jpg", "faces,saliency")["faces"][0].box`."""
    app = app or default_app()
    return waited(_analyse(app, handed(app, source), _listed(parts)))


async def analyse_async(
    source: SourceLike, parts: OneOrMore = "faces", *, app: App | None = None
) -> AnalysisResult:
    """Return the same as `analyse`, without holding up the event loop that awaits it."""
    app = app or default_app()
    picture = await asyncio.to_thread(handed, app, source)
    return await awaited(_analyse(app, picture, _listed(parts)))


def crops(  # noqa: PLR0913 - each is a word of the grammar
    source: SourceLike,
    aspects: OneOrMore = (),
    *,
    sets: OneOrMore = (),
    gravity: str | None = None,
    zoom: float | None = None,
    faces: str | None = None,
    objects: str | None = None,
    native: bool = False,
    app: App | None = None,
) -> list[Crop]:
    """Return the best crop for each aspect ratio or format: `crops("a.jpg", ["1:1", "story"])`.

    `sets` names sets of formats, such as `social`. `gravity` is what to keep: `face`, `auto`,
    `text`, `object` or `object:dog|cat`; where it is not said, formats keep what they are for, and
    ratios keep faces. `zoom`, 0 to 1, is how tight: where neither is said, formats decide, else
    crops are the widest. `faces` is which ones to keep, as in a URL: `largest`, `2` or
    `subject:Ann`; so is `objects`. `native` renders named formats at the source's own resolution.
    """
    app, names = app or default_app(), wanted(_listed(aspects), _listed(sets))
    how = _aim(gravity, zoom, faces, objects, native=native)
    return waited(_crops(app, handed(app, source), names, how))


async def crops_async(  # noqa: PLR0913
    source: SourceLike,
    aspects: OneOrMore = (),
    *,
    sets: OneOrMore = (),
    gravity: str | None = None,
    zoom: float | None = None,
    faces: str | None = None,
    objects: str | None = None,
    native: bool = False,
    app: App | None = None,
) -> list[Crop]:
    """Return the same as `crops`, without holding up the event loop that awaits it."""
    app, names = app or default_app(), wanted(_listed(aspects), _listed(sets))
    picture = await asyncio.to_thread(handed, app, source)
    how = _aim(gravity, zoom, faces, objects, native=native)
    return await awaited(_crops(app, picture, names, how))


def similar(first: SourceLike, second: SourceLike, *, app: App | None = None) -> Comparison:
    """Return how alike the two most alike faces of two pictures are, e.g. `.best.probability`."""
    app = app or default_app()
    return waited(_similar(app, handed(app, first), handed(app, second)))


async def similar_async(
    first: SourceLike, second: SourceLike, *, app: App | None = None
) -> Comparison:
    """Return the same as `similar`, without holding up the event loop that awaits it."""
    app = app or default_app()
    one, other = [await asyncio.to_thread(handed, app, each) for each in (first, second)]
    return await awaited(_similar(app, one, other))


def select(  # noqa: PLR0913 - each is a way of pointing
    source: SourceLike,
    points: Sequence[Place] = (),
    *,
    but: Sequence[Place] = (),
    strokes: Sequence[Sequence[Place]] = (),
    but_strokes: Sequence[Sequence[Place]] = (),
    boxes: Sequence[Box] = (),
    app: App | None = None,
) -> Selection:
    """Return what is meant by clicks in a picture: `select("a.jpg", [(0.4, 0.3)]).mask`.

    That is an id for the option `mask`. `points` lie in the thing, those of `but` do not, x and y
    in 0..1 of the upright picture; `strokes` and `but_strokes` are lines of points; `boxes` are
    around one thing each, in pixels. Without any the picture's subject is meant, with `but` alone
    the subject without what lies there. `alternatives` are what else may be.
    """
    asked = pointed(points, but, strokes=strokes, but_strokes=but_strokes, boxes=boxes)
    app = app or default_app()
    return waited(_select(app, handed(app, source), asked))


async def select_async(  # noqa: PLR0913 - as of `select`
    source: SourceLike,
    points: Sequence[Place] = (),
    *,
    but: Sequence[Place] = (),
    strokes: Sequence[Sequence[Place]] = (),
    but_strokes: Sequence[Sequence[Place]] = (),
    boxes: Sequence[Box] = (),
    app: App | None = None,
) -> Selection:
    """Return the same as `select`, without holding up the event loop that awaits it."""
    asked = pointed(points, but, strokes=strokes, but_strokes=but_strokes, boxes=boxes)
    app = app or default_app()
    picture = await asyncio.to_thread(handed, app, source)
    return await awaited(_select(app, picture, asked))


def score(reference: SourceLike, picture: SourceLike, *, app: App | None = None) -> float:
    """Return how alike a picture looks to another one of its size: 100 is identical, 70 good.

    From 90 on nobody tells them apart, 80 is very good, 50 medium, 30 poor. It is SSIMULACRA2, of
    the pictures upright, in sRGB, on white where they are transparent.
    """
    app = app or default_app()
    return waited(_score(app, handed(app, reference), handed(app, picture)))


async def score_async(
    reference: SourceLike, picture: SourceLike, *, app: App | None = None
) -> float:
    """Return the same as `score`, without holding up the event loop that awaits it."""
    app = app or default_app()
    one, other = [await asyncio.to_thread(handed, app, each) for each in (reference, picture)]
    return await awaited(_score(app, one, other))


async def _srcset(
    app: App, source: Handed, given: TransformOptions, asked: SrcsetAsked, address: Addresses
) -> Srcset:
    options = await asyncio.to_thread(_settled, app, given, source)

    def prepare(picture: Source, *drawn: Source) -> Work[Srcset]:
        others = dict(zip(options.extra_sources(), drawn, strict=True))
        return app.srcsets.prepare(picture, options, others, asked=asked, address=address)

    made = await work_on(app, [source, *options.extra_sources()], prepare, "srcset")
    await _note_named(app, options.subjects())
    return made


def _addresses(
    app: App, source: SourceLike, url: str | None, base: str, signing: Mapping[str, Any]
) -> Addresses:
    """Return what gives URLs of what was handed over. Raises BadOption, BadUrl."""
    settings = app.settings
    root = settings.server.root_path
    where = found_at(source, settings.origins.folder) if url is None else sent(url)
    before = prefix(base, root) if base else root
    return Addresses(source=where, before=before, signer=app.signer, **signing)


def srcset(  # noqa: PLR0913 - each is a word of the markup
    source: SourceLike,
    options: OptionsLike = "",
    *,
    url: str | None = None,
    sizes: str = "100vw",
    format: OneOrMore = (),  # noqa: A002 - the word that it is everywhere
    widths: int = MOST,
    alt: str = "",
    loading: str = Loading.LAZY,
    placeholder: str = Until.THUMBHASH,
    base: str = "",
    expires: int | None = None,
    key: str | None = None,
    app: App | None = None,
) -> Srcset:
    """Return a responsive picture: `srcset("a.jpg", "width=3,height=2,fit=cover").html`.

    `options` hold for every width; `width` and `height` together say the shape. `url` is the source
    as in an image URL, where a server finds it elsewhere than `source` says; `base` is where that
    is. `sizes` is HTML's, and the widths follow from it. Where signing keys are set, URLs are
    signed, good until `expires` in unix seconds, with `key` of the limited ones.
    """
    app = app or default_app()
    asked = read_asked(
        sizes=sizes,
        formats=_listed(format),
        widths=widths,
        alt=alt,
        loading=loading,
        placeholder=placeholder,
    )
    address = _addresses(app, source, url, base, {"expires": expires, "key": key})
    given = read_options(options, app.presets)
    return waited(_srcset(app, handed(app, source), given, asked, address))


async def srcset_async(  # noqa: PLR0913
    source: SourceLike,
    options: OptionsLike = "",
    *,
    url: str | None = None,
    sizes: str = "100vw",
    format: OneOrMore = (),  # noqa: A002 - the word that it is everywhere
    widths: int = MOST,
    alt: str = "",
    loading: str = Loading.LAZY,
    placeholder: str = Until.THUMBHASH,
    base: str = "",
    expires: int | None = None,
    key: str | None = None,
    app: App | None = None,
) -> Srcset:
    """Return the same as `srcset`, without holding up the event loop that awaits it."""
    app = app or default_app()
    asked = read_asked(
        sizes=sizes,
        formats=_listed(format),
        widths=widths,
        alt=alt,
        loading=loading,
        placeholder=placeholder,
    )
    address = _addresses(app, source, url, base, {"expires": expires, "key": key})
    given, picture = (
        read_options(options, app.presets),
        await asyncio.to_thread(handed, app, source),
    )
    return await awaited(_srcset(app, picture, given, asked, address))


async def _recognise(app: App, source: Handed, what: Asked, tell: Callable[[Told], None]) -> None:
    desk, visit = desk_of(app), recognition_visit(app.access.audit, what)
    async with desk.sources:
        picture = await _read(app, source)
        async with desk.workers, desk.delivery.admission.admit() as admitted:
            stream = recognition(desk.delivery, app.recogniser, what, admitted, picture)
            async with contextlib.aclosing(noted_stream(stream, visit)) as noted:
                async for told in noted:
                    tell(told)


def recognise(
    source: SourceLike,
    parts: OneOrMore = (),
    *,
    collection: str = "",
    limit: int = LIMIT,
    cache: bool = False,
    app: App | None = None,
) -> Iterator[Told]:
    """Return what each stage tells of the people in a picture, as it becomes known: faces first.

    `parts` are words out of faces, embedding, age, gender, emotion, race and search; none are all
    that is switched on. `collection` is where to search, for `limit` matches of each face; `cache`
    lets it come from what was seen before. Each has a `stage`, a `value` for each face and the `ms`
    that it took, or an `error`. Closing the iterator ends the work.
    """
    app = app or default_app()
    what = asked(_listed(parts), collection=collection, limit=limit, cache=cache)
    return streamed(partial(_recognise, app, handed(app, source), what))


async def recognise_async(
    source: SourceLike,
    parts: OneOrMore = (),
    *,
    collection: str = "",
    limit: int = LIMIT,
    cache: bool = False,
    app: App | None = None,
) -> AsyncIterator[Told]:
    """Yield the same as `recognise`, without holding up the event loop that awaits it."""
    app = app or default_app()
    what = asked(_listed(parts), collection=collection, limit=limit, cache=cache)
    picture = await asyncio.to_thread(handed, app, source)
    stream: AsyncGenerator[Told] = streamed_async(partial(_recognise, app, picture, what))
    async with contextlib.aclosing(stream):
        async for told in stream:
            yield told


def drawn_selection(
    source: SourceLike, known: Selection, asked: Pointed, *, app: App | None = None
) -> bytes:
    """Return the picture as PNG with what clicks selected in it, and the clicks, drawn on it."""
    prepare = partial(prepare_selection, known=known, asked=asked)
    app = app or default_app()
    return waited(work_on(app, [handed(app, source)], prepare, "draw"))


def annotated(
    source: SourceLike,
    known: AnalysisResult,
    crops: Sequence[Crop] = (),
    *,
    app: App | None = None,
) -> bytes:
    """Return the picture as PNG with what an analysis says of it, and crops, drawn on it."""
    prepare = partial(prepare_annotated, known=known, crops=crops)
    app = app or default_app()
    return waited(work_on(app, [handed(app, source)], prepare, "draw"))
