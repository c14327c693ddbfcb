"""What Serve deploys: the front, the stages behind it, and how our protocol comes in."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from foveate.cluster.library import ray
from foveate.cluster.serve_front import FrontReplica
from foveate.cluster.serve_scale import FRONT, Plan, for_replica, options, plan_of
from foveate.cluster.serve_stage import StageReplica
from foveate.errors import BadSettings
from foveate.options.in_settings import load
from foveate.remote.library import grpc
from foveate.remote.methods import METHODS, full_name
from foveate.rpc.guard import tokens_of
from foveate.rpc.services import SERVICES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foveate.settings import Settings

APPLICATION: Final = "foveate"
SERVICER: Final = f"{__name__}.add_services"
"""What the settings of Serve name as `grpc_servicer_functions`."""


def build(arguments: Mapping[str, Any]) -> Any:  # noqa: ANN401
    """Return the application that `import_path: foveate.cluster.serve_app:build` asks for.

    Its `args` are the plan; settings are FOVEATE_* variables of `runtime_env`, or the file that
    FOVEATE_CONFIG names. Raises BadSettings.
    """
    settings = load()
    return application(settings, plan_of(arguments, settings))


def check_token(settings: Settings) -> None:
    """Raise BadSettings where strangers could call: Serve's gRPC has no address to listen on."""
    if settings.rpc.port and not tokens_of(settings):
        raise BadSettings(
            "rpc.token: expected one, because gRPC of Serve listens on all addresses. Set "
            "FOVEATE_RPC__TOKEN, or leave gRPC out."
        )


def application(settings: Settings, plan: Plan) -> Any:  # noqa: ANN401
    """Return the application: settings go to the replicas as data. Raises BadSettings."""
    check_token(settings)
    # What makes calls inside known to stages, where nothing else does.
    token = settings.rpc.token or secrets.token_urlsafe()
    behind = replace(settings, rpc=replace(settings.rpc, token=token))
    deploy, stages = ray().serve.deployment, dict[str, Any]()
    for name, scale in plan.deployments.items():
        if name != FRONT:
            stage = deploy(name=name, **options(scale, settings))(StageReplica)
            stages[name] = stage.bind(name, for_replica(behind, scale))
    scale = plan.deployments[FRONT]
    front = for_replica(replace(settings, server=replace(settings.server, host=plan.host)), scale)
    replica = ray().serve.ingress()(FrontReplica)
    return deploy(name=FRONT, **options(scale, settings))(replica).bind(front, token, **stages)


def add_services(_servicer: object, server: Any) -> None:  # noqa: ANN401
    """Let a server of Serve take the calls of foveate.v1, which it sends to the front."""
    for service in SERVICES:
        methods = {
            each.name: _taken(each in service.streams)
            for each in METHODS
            if each in {*service.unary, *service.streams}
        }
        named = grpc().method_handlers_generic_handler(full_name(service.name), methods)
        server.add_generic_rpc_handlers((named,))


def _taken(streams: bool) -> Any:  # noqa: ANN401, FBT001
    """Return a handler of messages as bytes, for Serve to put its own behaviour into."""
    kind = (
        grpc().unary_stream_rpc_method_handler if streams else grpc().unary_unary_rpc_method_handler
    )
    return kind(_never)


def _never(*_: object) -> None:
    """Stand where Serve puts what sends calls to replicas."""
