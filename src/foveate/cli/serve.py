"""`foveate serve`."""

from __future__ import annotations

import gc
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import quote

import typer

from foveate.cli.complaints import complain
from foveate.cli.flame import Profile, profiled
from foveate.errors import OptionNotAllowed
from foveate.models.supply.sets import words_for
from foveate.models.supply.weights import catalogue, folder
from foveate.pictures import is_left_out, is_picture
from foveate.settings import Settings, is_asked_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from socket import socket

    from foveate.app import App
    from foveate.models.supply.card import ModelCard
    from foveate.options.signing import Signer
    from foveate.rpc.server import RpcServer
    from foveate.settings import Origins, Server

TRY: Final = (
    "width=400",
    "width=400,height=400,fit=cover,gravity=face,zoom=0.5",
    "width=200,height=400,fit=cover,gravity=face,format=json,explain=true",
)
"""What the banner offers, with the first picture of the origin."""
UNUSABLE: Final = {"missing": "No weights", "damaged": "Damaged weights"}
"""States of networks that a pull mends, and how they are told."""
MAX_LOOKED_AT: Final = 1000


def with_flags(
    settings: Settings,
    *,
    origin: str | None,
    allow_origin: list[str] | None,
    host: str | None,
    port: int | None,
    grpc_port: int | None = None,
) -> Settings:
    """Return the settings with what was said on the command line laid over them."""
    origins, server = settings.origins, settings.server
    if origin is not None:
        origins = replace(origins, folder=origin)
    if allow_origin:
        patterns = (pattern for each in allow_origin for pattern in each.replace(",", " ").split())
        origins = replace(origins, allow=tuple(patterns))
    if host is not None:
        server = replace(server, host=host)
    if port is not None:
        server = replace(server, port=port)
    rpc = settings.rpc if grpc_port is None else replace(settings.rpc, port=grpc_port)
    return replace(settings, origins=origins, server=server, rpc=rpc)


def with_samples(settings: Settings) -> Settings:
    """Return the settings with the sample pictures as origin, where none was named."""
    samples = folder(settings.models) / "samples"
    if settings.origins.folder or settings.origins.allow or not samples.is_dir():
        return settings
    return replace(settings, origins=replace(settings.origins, folder=str(samples)))


def banner(base: str, settings: Settings, signer: Signer) -> list[str]:
    """Return what is printed once requests are answered: URLs that work, to open."""
    origin, base = settings.origins.folder, base + settings.server.root_path
    lines = [f"Foveate listens on {base}, {_originals(settings.origins)}"]
    first = min(islice(_pictures(origin), MAX_LOOKED_AT), default=None)
    if first is not None:
        named = [f"preset={name}" for name in islice(settings.presets, len(TRY))]
        tries = named if settings.only_presets else TRY
        links = (_link(options, quote(first), signer) for options in tries)
        lines += [f"  {base}{link}" for link in links if link is not None]
    pages = ["/", "/docs"] if settings.server.studio else ["/docs"]
    return [*lines, *(f"  {base}{page}" for page in pages)]


def _link(options: str, name: str, signer: Signer) -> str | None:
    """Return the path of a picture, signed if it must be, or None where no key may sign it."""
    path = f"/cdn-cgi/image/{options}/{name}"
    if not signer.needed:
        return path
    if signer.keys:
        return signer.sign(path)
    for key, limited in signer.limited.items():
        with suppress(OptionNotAllowed):
            limited.allowed.check(options)
            return signer.sign(path, key=key)
    return None


def _originals(origins: Origins) -> str:
    """Return where originals come from, or what to do so that some do."""
    places = [origins.folder] if origins.folder else []
    places += [f"absolute URLs on {', '.join(origins.allow)}"] if origins.allow else []
    if not places:
        return "but no originals come yet: name a place with --origin FOLDER or URL"
    return f"originals come from {' and '.join(places)}"


def without_weights(networks: Mapping[str, str], cards: Iterable[ModelCard]) -> list[str]:
    """Return a line on the networks that are missing, and one on those that are damaged.

    Each says what fetches them; there is none where nothing is to be fetched.
    """
    lines = []
    for state, what in UNUSABLE.items():
        if gone := [card for card in cards if networks.get(card.name) == state]:
            names = ", ".join(card.name for card in gone)
            pull = f"foveate models pull {' '.join(words_for(gone))}"
            lines.append(
                f"{what} of {names}: what needs them is refused, or done without, until {pull}"
            )
    return lines


def bound_to(server: Server, *, asked: bool) -> socket:
    """Return the socket to listen on: another one than the usual, unless that port was asked for.

    Raises OSError in one sentence.
    """
    from foveate.server.run import listen, listen_near

    bound = (listen if asked or not server.port else listen_near)(server.host, server.port)
    got = bound.getsockname()[1]
    if server.port not in {0, got}:
        typer.echo(f"Port {server.port} is in use already: taking {got}. --port names another.")
    return bound


def beside(app: App) -> list[RpcServer]:
    """Return what listens beside HTTP. Raises BadInstallation, and OSError for a port in use."""
    server, port = app.settings.server, app.settings.rpc.port
    if not port:
        return []
    from foveate.remote.library import grpc
    from foveate.server.run import listen

    grpc()
    from foveate.rpc.server import RpcServer

    # Tried now, while the reason can still be said in a sentence.
    listen(server.host, port).close()
    typer.echo(f"gRPC listens on {server.host}:{port}")
    return [RpcServer(app, host=server.host, port=port)]


def _pictures(origin: str) -> Iterator[str]:
    if not origin or "://" in origin or not Path(origin).is_dir():
        return
    for file in islice(Path(origin).iterdir(), MAX_LOOKED_AT):
        if is_picture(file.name) and not is_left_out(file.name) and file.is_file():
            yield file.name


@contextmanager
def _uncollected() -> Iterator[None]:
    """Make what lives until the end without the collector, which never walks it afterwards."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


Origin = Annotated[
    str | None,
    typer.Option(
        help="Where originals are: a folder, s3://BUCKET/PREFIX, or an http(s):// base.",
        metavar="PLACE",
    ),
]
AllowOrigin = Annotated[
    list[str] | None,
    typer.Option(
        help="Let absolute URLs come from here, e.g. '*.example.com'; commas part several.",
        metavar="PATTERN",
    ),
]
Host = Annotated[str | None, typer.Option(help="Listen on this address.")]
Port = Annotated[
    int | None,
    typer.Option(
        help="Listen here; 0 is any free port, and without it the next one from 8100 on.",
        min=0,
        max=65535,
    ),
]


GrpcPort = Annotated[int | None, typer.Option(help="Answer gRPC here as well.", min=1, max=65535)]


def serve(
    origin: Origin = None,
    allow_origin: AllowOrigin = None,
    host: Host = None,
    port: Port = None,
    grpc_port: GrpcPort = None,
    profile: Profile = None,
) -> None:
    """Serve pictures over HTTP.

    Without an origin the sample pictures are served, if `foveate models pull` fetched them.
    Flags win over FOVEATE_* variables, which win over the TOML file that FOVEATE_CONFIG names.
    """
    with _uncollected():
        # Imported here so that every other command starts without them.
        from foveate.options.in_settings import load

        settings = with_flags(
            load(),
            origin=origin,
            allow_origin=allow_origin,
            host=host,
            port=port,
            grpc_port=grpc_port,
        )
        settings = with_samples(settings)
        asked = port is not None or is_asked_for("server.port")
        from foveate.app import create
        from foveate.server.asgi import Front
        from foveate.server.run import base_url, leave_stragglers, run

        app = create(settings)
        # Tried now, while it can still be said in a sentence that the keys are none.
        app.people.store.begin()
        try:
            bound, more = bound_to(settings.server, asked=asked), beside(app)
        except OSError as why:
            complain(why)
            raise typer.Exit(1) from why
        missing = without_weights(app.status(), catalogue(settings.models))
        lines = [*banner(base_url(bound), settings, app.signer), *missing]
        front = Front(app, beside=more)
    with profiled(profile, "foveate serve"):
        run(front, settings, bound, lambda: typer.echo("\n".join(lines)))
    leave_stragglers()  # only once the profile is written: it ends the process
