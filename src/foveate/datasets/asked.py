"""What somebody asks for over HTTP: a dataset, and who is to be told once it is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from foveate.datasets.identity import request_from_json
from foveate.errors import BadConfiguration
from foveate.jobs.webhooks import address_of

if TYPE_CHECKING:
    from foveate.datasets.identity import Request
    from foveate.settings import Settings


class Asked(NamedTuple):
    """What somebody asks for."""

    request: Request
    webhook: str = ""


def asked_from_json(said: object, settings: Settings) -> Asked:
    """Return what JSON asks for. Raises BadConfiguration, BadUrl, OriginNotAllowed."""
    if not isinstance(said, dict):
        return Asked(request_from_json(said))
    rest = dict(said)
    webhook = rest.pop("webhook", "")
    if not isinstance(webhook, str):
        raise BadConfiguration(f"webhook: expected an address as a text, got {webhook!r:.80}.")
    if webhook:
        webhook = str(address_of(webhook, settings))
    return Asked(request_from_json(rest), webhook)
