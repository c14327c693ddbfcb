"""What buckets tell of their objects: events of S3, directly or through a queue of SQS."""

from __future__ import annotations

import json
import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import unquote_plus

from foveate.errors import BadBody

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

log = logging.getLogger(__name__)
SHOWN: Final = 200
"""Characters that are logged of what somebody else wrote."""
S3: Final = "aws:s3"
SQS: Final = "aws:sqs"
CREATED: Final = "ObjectCreated:"


class Object(NamedTuple):
    """An object that came."""

    bucket: str
    key: str


class Notice(NamedTuple):
    """What is told at once, and tried again as a whole."""

    id: str
    """Of the message in its queue; empty where the event came without one."""
    objects: tuple[Object, ...]


def is_told(event: Mapping[str, Any]) -> bool:
    """Return whether a bucket tells of something, or a queue for it."""
    return event.get("Event") == "s3:TestEvent" or bool(_sources(event) & {S3, SQS})


def notices_of(event: Mapping[str, Any]) -> list[Notice]:
    """Return what is told of objects that came; other things that happen to them are nothing.

    Raises BadBody for messages that SQS does not send.
    """
    if SQS in _sources(event):
        return [
            Notice(_text(record, "messageId"), tuple(_objects(_read(_text(record, "body")))))
            for record in _records(event)
        ]
    return [Notice("", tuple(_objects(event)))]


def _records(event: Mapping[str, Any]) -> list[dict[str, Any]]:
    listed = event.get("Records")
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def _sources(event: Mapping[str, Any]) -> set[str]:
    return {str(record.get("eventSource")) for record in _records(event)}


def _text(record: Mapping[str, Any], name: str) -> str:
    said = record.get(name)
    if not isinstance(said, str):
        raise BadBody(f"Expected {name} of a message of SQS as text, got {type(said).__name__}.")
    return said


def _read(body: str) -> Mapping[str, Any]:
    """Return an event out of a queue, or nothing: somebody else may have written it."""
    with suppress(ValueError, RecursionError):
        content = json.loads(body)
        if isinstance(content, dict):
            return content
    log.warning("a message of SQS is no event: %r", body[:SHOWN])
    return {}


def _objects(event: Mapping[str, Any]) -> Iterator[Object]:
    for record in _records(event):
        name = str(record.get("eventName"))
        if record.get("eventSource") == S3 and name.startswith(CREATED):
            with suppress(KeyError, TypeError):
                told = record["s3"]
                # Keys are encoded there as in a form.
                key = unquote_plus(str(told["object"]["key"]))
                yield Object(str(told["bucket"]["name"]), key)
