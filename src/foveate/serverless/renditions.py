"""Renditions of the objects that a bucket tells of, written below a prefix of another one."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, Final

from foveate.delivery.ask import Ask
from foveate.errors import (
    BadRequest,
    BadSettings,
    EncodeFailed,
    FoveateError,
    ImageError,
    OriginNotAllowed,
    OutputTooLarge,
    PictureBlocked,
    SourceNotFound,
    SourceTooLarge,
    UpscaleTooLarge,
)
from foveate.imaging.encode import ending_of
from foveate.options.grammar import parse_options
from foveate.server.image_request import for_client
from foveate.storage.bucket_folder import BucketFolder
from foveate.storage.keys import segments

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from foveate.app import App
    from foveate.delivery.delivery import Delivery
    from foveate.metrics import Metrics
    from foveate.options.model import TransformOptions
    from foveate.serverless.buckets import Notice, Object
    from foveate.storage.source import Source

    LeftS = Callable[[], float | None]
    """How many seconds are left, where that is known."""

log = logging.getLogger(__name__)

FOR_GOOD: Final = (
    BadRequest,
    EncodeFailed,
    ImageError,
    OutputTooLarge,
    PictureBlocked,
    SourceNotFound,
    SourceTooLarge,
    UpscaleTooLarge,
)
"""What stays as it is however often it is tried."""
TELLING_S: Final = 2.0
"""For the answer, before the platform ends what it waits for."""


class Renditions:
    """Makes what `serverless.presets` ask for of each object below `origins.folder`."""

    def __init__(self, app: App) -> None:
        """Take the settings. Raises BadSettings where they cannot be meant."""
        self._app = app
        asked = app.settings.serverless
        self._place = _parts(app.settings.origins.folder)
        self._asked = {name: self._options(name) for name in asked.presets}
        self._out = BucketFolder(asked.out, app.settings.origins) if asked.out else None
        if asked.out:
            _check(self._place, _parts(asked.out), asked.presets)
        self._delivery: Delivery | None = None

    async def start(self, delivery: Delivery, _: Metrics) -> None:
        """Begin to deliver."""
        self._delivery = delivery

    async def stop(self, grace_s: float) -> None:
        """Do nothing: no event is underway then."""

    async def told(self, notices: Sequence[Notice], left_s: LeftS = lambda: None) -> dict[str, Any]:
        """Return what was written and what was refused, or which notices are to come again.

        Those for which no time is left come again: all would, if the platform ended this. Raises
        what is to be tried again, of a notice that came without a queue.
        """
        written: list[str] = []
        refused: list[dict[str, str]] = []
        again: list[dict[str, str]] = []
        for notice in notices:
            try:
                async with asyncio.timeout(_within_s(left_s())):
                    for each in notice.objects:
                        await self._object(each, written, refused)
            except Exception as why:
                if not notice.id:
                    raise
                log.warning("%r comes again: %s: %r", notice.id, type(why).__name__, str(why))
                again.append({"itemIdentifier": notice.id})
        queued = any(notice.id for notice in notices)
        return {"batchItemFailures": again} if queued else {"written": written, "refused": refused}

    async def _object(
        self, told: Object, written: list[str], refused: list[dict[str, str]]
    ) -> None:
        try:
            key = self._key(told)
            # Read as it is now: a version that was seen before may be believed for an hour.
            source = await self._app.origin.read(key)
            written += [await self._made(key, source, name) for name in self._asked]
        except FOR_GOOD as why:
            # Whoever may write an object names it: a line of its name must be no line of the log.
            name = f"s3://{told.bucket}/{told.key}"
            log.warning("%r: %s: %r", name, type(why).__name__, str(why))
            error = {"error": type(why).__name__, "message": why.public}
            refused.append({"key": told.key, **error})

    async def _made(self, key: str, source: Source, preset: str) -> str:
        """Make one rendition, and return its name. Raises FoveateError."""
        if self._out is None or self._delivery is None:
            raise BadSettings("Expected FOVEATE_SERVERLESS__OUT for events of buckets, got none.")
        found = await self._delivery.rendition(Ask(options=self._asked[preset], source=source))
        kind = found.about.content_type
        name = f"{key}/{preset}{ending_of(kind)}"
        await asyncio.to_thread(self._out.put, name, bytes(found.data), kind)
        return name

    def _key(self, told: Object) -> str:
        """Return what the origin calls an object. Raises OriginNotAllowed, SourceNotFound."""
        bucket, prefix = self._place
        below = f"{prefix}/" if prefix else ""
        if told.bucket != bucket or not told.key.startswith(below):
            raise OriginNotAllowed(f"s3://{told.bucket}/{told.key} is not below origins.folder.")
        return "/".join(segments(told.key.removeprefix(below)))

    def _options(self, preset: str) -> TransformOptions:
        try:
            parsed = parse_options(f"preset={preset}", self._app.presets)
            return for_client(parsed, {}, self._app.settings)
        except FoveateError as why:
            raise BadSettings(f"serverless.presets: {why}") from why


def _within_s(left_s: float | None) -> float | None:
    """Return how long a notice may take, so that what became of the others is still told.

    >>> _within_s(None), _within_s(60.0), _within_s(1.0)
    (None, 58.0, 0.0)
    """
    return None if left_s is None else max(0.0, left_s - TELLING_S)


def _parts(place: str) -> tuple[str, str]:
    """Return the bucket and the prefix of an address; of another place nothing."""
    scheme, _, rest = place.partition("://")
    bucket, _, prefix = rest.partition("/") if scheme.lower() == "s3" else ("", "", "")
    return bucket, prefix.strip("/")


def _check(origin: tuple[str, str], out: tuple[str, str], presets: Sequence[str]) -> None:
    """Raise BadSettings where events could not be served, or renditions would be told of again.

    >>> _check(("photos", "in"), ("photos", "out"), ["thumb"])
    """
    if not presets:
        raise BadSettings("serverless.presets: expected one or more with serverless.out, got none")
    if not origin[0]:
        raise BadSettings("origins.folder: expected s3://BUCKET/PREFIX with serverless.out")
    if origin[0] == out[0] and _nested(origin[1], out[1]):
        raise BadSettings(
            "serverless.out: expected a prefix that is not below origins.folder, nor above it: "
            "each rendition would be an object to make renditions of, without end"
        )


def _nested(one: str, other: str) -> bool:
    """Return whether one prefix is below the other one, or is it."""
    first, second = (f"{each}/" if each else "" for each in (one, other))
    return first.startswith(second) or second.startswith(first)
