"""Foveate as a Python library: the verbs of the service, for a file, an address or bytes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from foveate.app import App, create
from foveate.errors import SourceNotFound, UnknownOption
from foveate.imaging.stop import Deadline
from foveate.options.draw import options_from_json
from foveate.options.grammar import parse_options
from foveate.service.crops import read_gravity
from foveate.settings import load
from foveate.storage.router import open_source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.options.model import TransformOptions
    from foveate.ports import Rendition
    from foveate.service.crops import Crop
    from foveate.service.similar import Comparison
    from foveate.settings import Settings

    SourceLike = str | Path | bytes
    OptionsLike = str | Mapping[str, object] | TransformOptions


@cache
def default_app() -> App:
    """Return the service that the environment's settings describe, made on first use."""
    return create(load())


def read(source: SourceLike, settings: Settings) -> bytes:
    """Return the bytes of a file or an http(s) address; bytes pass through.

    An address given here was chosen by the caller, so it needs no allow-list; private
    addresses stay refused unless the settings allow them. Raises SourceError, OriginNotAllowed.
    """
    if isinstance(source, bytes):
        return source
    if str(source).startswith(("http://", "https://")):
        return asyncio.run(_download(str(source), settings))
    try:
        return Path(source).expanduser().read_bytes()
    except OSError as why:
        sentence = f"Expected a picture file, got {str(source)!r}: {why.strerror}."
        raise SourceNotFound(sentence, public=sentence) from why


async def _download(url: str, settings: Settings) -> bytes:
    remote = open_source(replace(settings.origins, allow=("*",)), settings.limits)
    try:
        return (await remote.read(url)).data
    finally:
        await remote.aclose()


def read_options(options: OptionsLike) -> TransformOptions:
    """Return options given as text or like Workers' `cf.image`; a misspelt one is an error here."""
    if not isinstance(options, str | Mapping):
        return options
    parsed = parse_options(options) if isinstance(options, str) else options_from_json(options)
    if parsed.unknown:
        raise UnknownOption(f"There is no option {', '.join(map(repr, parsed.unknown))}.")
    return parsed.options


def render(
    source: SourceLike,
    options: OptionsLike,
    *,
    overlays: Mapping[str, bytes] | None = None,
    app: App | None = None,
) -> Rendition:
    """Return the rendition of a picture: `render("a.jpg", "width=400,fit=cover,gravity=face")`.

    `source` is a path, an http(s) address or bytes; options are the URL's text or an object in the
    shape of Workers' `cf.image`, which can also `draw` overlays. Raises FoveateError.
    """
    app = app or default_app()
    data, asked = read(source, app.settings), read_options(options)
    found = dict(overlays or {})
    for key in asked.extra_sources():
        if key not in found:
            found[key] = read(key, app.settings)
    return app.render(data, asked, deadline=_deadline(app), overlays=found)


def analyse(
    source: SourceLike, parts: Sequence[str] = ("faces",), *, app: App | None = None
) -> dict[str, object]:
    """Return what is known of a picture: width, height, and a key for each part asked for."""
    app = app or default_app()
    return app.analyse(read(source, app.settings), parts, deadline=_deadline(app))


def crops(
    source: SourceLike,
    aspects: Sequence[str],
    *,
    gravity: str = "face",
    native: bool = False,
    app: App | None = None,
) -> list[Crop]:
    """Return the best crop for each aspect ratio or format: `crops("a.jpg", ["1:1", "story"])`.

    `gravity` is `face` or `auto`; `native` renders named formats at the source's own resolution.
    """
    app = app or default_app()
    return app.cropper(
        read(source, app.settings),
        aspects,
        deadline=_deadline(app),
        gravity=read_gravity(gravity),
        native=native,
    )


def similar(first: SourceLike, second: SourceLike, *, app: App | None = None) -> Comparison:
    """Return how alike the two most alike faces of two pictures are, e.g. `.best.probability`."""
    app = app or default_app()
    pictures = read(first, app.settings), read(second, app.settings)
    return app.comparer(*pictures, deadline=_deadline(app))


def _deadline(app: App) -> Deadline:
    return Deadline(time.monotonic() + app.settings.limits.timeout_s)
