"""How stages are reached: by TLS where a setting says whom to trust."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from foveate.errors import BadSettings
from foveate.remote.library import QUIET, grpc

if TYPE_CHECKING:
    from foveate.settings import Rpc, Stages

RECONNECT: Final = (
    # A stage that was started anew is to be used anew: gRPC itself waits up to two minutes.
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 2000),
)


def message_limits(rpc: Rpc) -> tuple[tuple[str, int], ...]:
    """Return the options of channels and servers that bound messages."""
    most = rpc.max_message_bytes
    return (("grpc.max_send_message_length", most), ("grpc.max_receive_message_length", most))


def open_channel(target: str, stages: Stages, rpc: Rpc) -> Any:  # noqa: ANN401
    """Return a channel, which connects when it is used. Raises BadSettings, BadInstallation."""
    options = (*QUIET, *RECONNECT, *message_limits(rpc))
    if not stages.tls_ca:
        return grpc().insecure_channel(target, options)
    trusted = read_pem("stages.tls_ca", stages.tls_ca)
    return grpc().secure_channel(target, grpc().ssl_channel_credentials(trusted), options)


def read_pem(setting: str, file: str) -> bytes:
    """Return what is in the file that a setting names. Raises BadSettings."""
    try:
        data = Path(file).expanduser().read_bytes()
    except OSError as why:
        raise BadSettings(
            f"{setting}: expected a readable PEM file, got {file!r}: {why.strerror}"
        ) from why
    if b"-----BEGIN " not in data:
        raise BadSettings(f"{setting}: expected a PEM file, got one without -----BEGIN.")
    return data
