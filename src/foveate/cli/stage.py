"""`foveate stage`."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from foveate.cli.serve import Host

if TYPE_CHECKING:
    from foveate.settings import Settings


class StageName(StrEnum):
    """What may run apart."""

    PREPROCESSOR = "preprocessor"
    EMBEDDER = "embedder"
    ANALYZER = "analyzer"
    SEARCHER = "searcher"
    LOOK = "look"


def stage(
    name: Annotated[StageName, typer.Argument(help="Which one.", show_default=False)],
    grpc_port: Annotated[
        int | None,
        typer.Option(help="Listen here; 0, or none, is any free port.", min=0, max=65535),
    ] = None,
    host: Host = None,
) -> None:
    """Run one stage alone, over gRPC, for servers whose settings name its address.

    It loads only its own networks, and takes the settings of foveate serve, but for `stages`.
    """
    from foveate.options.in_settings import load
    from foveate.remote.library import grpc

    grpc()
    from foveate.rpc.run import run_stage
    from foveate.server.logs import configure

    settings = listening(load(), grpc_port, host)
    configure(settings.server)
    place = settings.server.host

    def tell(port: int) -> None:
        typer.echo(f"Foveate's {name} listens on {place}:{port}")

    run_stage(name, settings, tell)


def listening(settings: Settings, grpc_port: int | None, host: str | None) -> Settings:
    """Return the settings with what was said on the command line laid over them."""
    if grpc_port is not None:
        settings = replace(settings, rpc=replace(settings.rpc, port=grpc_port))
    if host is not None:
        settings = replace(settings, server=replace(settings.server, host=host))
    return settings
