"""`foveate purge`: renditions that are to be made anew."""

from __future__ import annotations

import asyncio
import json
import os
from typing import TYPE_CHECKING, Annotated

import typer

from foveate.cli.complaints import warn
from foveate.cli.several import AsJson
from foveate.errors import BadSettings

if TYPE_CHECKING:
    from pathlib import Path

    from foveate.settings import Settings
    from foveate.values import Purged

NOTE = (
    "Servers that run may have some in memory, and on disks of their own: POST /v1/purge asks one. "
    "Browsers and proxies keep what they have."
)


def purge(
    source: Annotated[
        str, typer.Option(help="All that was made of this source, written as in an image URL.")
    ] = "",
    prefix: Annotated[str, typer.Option(help="All whose source begins so.")] = "",
    options_class: Annotated[
        str, typer.Option("--class", help="All of a class, as `foveate costs` has them.")
    ] = "",
    origin: Annotated[
        str, typer.Option(help="Where the server has originals, unless the settings say it.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Delete renditions, from disk and shared store: of a source, below a prefix, or of a class."""
    from foveate.app import renditions_folder
    from foveate.options.in_settings import load

    settings = load()
    cache = renditions_folder(settings)
    if not _there(cache):
        warn(f"There is no cache in {cache}. FOVEATE_CACHING__FOLDER says where the server has it.")
    done = _purged(settings, cache, source, prefix, options_class, origin)
    if as_json:
        typer.echo(json.dumps(done._asdict()))
        return
    typer.echo(f"{done.renditions} renditions are gone, {done.bytes:,} bytes.")
    typer.echo(NOTE, err=True)


def _there(cache: Path) -> bool:
    """Return whether there is a cache. Raises BadSettings where there can be none."""
    try:
        os.scandir(cache).close()
    except FileNotFoundError:
        return False
    except OSError as why:
        expected = "Expected caching.folder to be a folder that can be read"
        raise BadSettings(f"{expected}, got {cache}: {why.strerror}.") from why
    return True


def _purged(
    settings: Settings, cache: Path, source: str, prefix: str, options_class: str, origin: str
) -> Purged:
    from foveate.app import shared_store
    from foveate.delivery.purge import Which
    from foveate.delivery.stored import ABOUT_BYTES
    from foveate.server.image_request import key_of
    from foveate.storage.disk import DiskCache
    from foveate.values import Purged

    folder = origin or settings.origins.folder
    which = Which(
        source=source and key_of(source, folder),
        prefix=prefix and key_of(prefix, folder),
        options_class=options_class,
    )
    done = DiskCache(cache, settings.caching.disk_bytes).purge(which, ABOUT_BYTES)
    shared = shared_store(settings)
    if shared is None:
        return done
    more = asyncio.run(shared.purge(which, ABOUT_BYTES))
    return Purged(done.renditions + more.renditions, done.bytes + more.bytes)
