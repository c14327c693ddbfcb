"""`foveate cluster`: everything as deployments of Ray Serve, on this machine."""

from __future__ import annotations

import json
import tomllib
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from foveate.cli.serve import AllowOrigin, GrpcPort, Host, Origin, with_flags, with_samples
from foveate.cli.several import AsJson

if TYPE_CHECKING:
    from foveate.settings import Settings

app = typer.Typer(
    no_args_is_help=True,
    help="Run everything as deployments of Ray Serve: replicas come and go with the load.",
)
Plan = Annotated[
    Path | None,
    typer.Option("--plan", help="A TOML file of deployments and their replicas.", dir_okay=False),
]
Port = Annotated[int | None, typer.Option(help="Answer HTTP here.", min=1, max=65535)]


@app.command()
def up(
    plan: Plan = None,
    origin: Origin = None,
    allow_origin: AllowOrigin = None,
    host: Host = None,
    port: Port = None,
    grpc_port: GrpcPort = None,
) -> None:
    """Start a cluster on this machine, and return once it answers.

    Settings and flags are those of foveate serve.
    """
    from foveate.cluster.library import ray
    from foveate.cluster.local import prepared
    from foveate.cluster.local import up as start
    from foveate.cluster.serve_app import check_token
    from foveate.cluster.serve_scale import plan_of
    from foveate.options.in_settings import load

    ray()
    settings = with_samples(
        with_flags(
            load(),
            origin=origin,
            allow_origin=allow_origin,
            host=host,
            port=port,
            grpc_port=grpc_port,
        )
    )
    arguments = {**_read(plan), "host": settings.server.host}
    # What is wrong is said here, and not in a log.
    plan_of(arguments, settings)
    check_token(settings)
    prepared()
    typer.echo("Starting, which takes half a minute.", err=True)
    keeper = start(arguments, _variables(settings))
    typer.echo(f"Foveate listens on {keeper.http}")
    if keeper.grpc:
        typer.echo(f"gRPC listens on {keeper.grpc}")
    typer.echo("foveate cluster status says what runs, foveate cluster down stops it.")


@app.command()
def status(as_json: AsJson = False) -> None:
    """Say which deployments run, and how many replicas of each. Exit code 1 where none do."""
    from foveate.cluster.local import read

    keeper = read()
    told = asdict(keeper) if keeper else {"state": "down"}
    if as_json:
        typer.echo(json.dumps(told))
    else:
        typer.echo("\n".join(_lines(told)))
    if told["state"] != "running":
        raise typer.Exit(1)


@app.command()
def down() -> None:
    """Stop the cluster of this machine, once what is underway is done."""
    from foveate.cluster.local import down as stop

    typer.echo("The cluster is down." if stop() else "No cluster runs here.")


def _read(plan: Path | None) -> dict[str, Any]:
    """Return what a file says of deployments. Raises BadSettings."""
    from foveate.errors import BadSettings

    if plan is None:
        return {}
    try:
        return {"deployments": tomllib.loads(plan.read_text())}
    except (OSError, ValueError) as why:
        raise BadSettings(f"--plan: expected a TOML file, got {str(plan)!r}: {why}") from why


def _variables(settings: Settings) -> dict[str, str]:
    """Return what flags say as variables, which the process that is started reads."""
    origins, server = settings.origins, settings.server
    found = {
        "FOVEATE_ORIGINS__FOLDER": origins.folder,
        "FOVEATE_ORIGINS__ALLOW": " ".join(origins.allow),
        "FOVEATE_SERVER__HOST": server.host,
        "FOVEATE_SERVER__PORT": str(server.port),
        "FOVEATE_RPC__PORT": str(settings.rpc.port),
    }
    return {name: value for name, value in found.items() if value}


def _lines(told: dict[str, Any]) -> list[str]:
    if told["state"] != "running":
        return [f"No cluster runs here: it is {told['state']}. {told.get('problem', '')}".strip()]
    rows = [f"{told['http']}, {told['nodes']} node{'s' if told['nodes'] != 1 else ''}"]
    for name, each in told["deployments"].items():
        replicas = ", ".join(
            f"{count} {state.lower()}" for state, count in each["replicas"].items()
        )
        rows.append(f"{name:12}  {each['status'].lower():12}  {replicas}")
    return rows
