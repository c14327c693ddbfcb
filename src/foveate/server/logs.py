"""What is logged, and how: lines for people or objects for machines, and a line for each request.

Two formatters of the standard library's own kind: all that is ours goes through `logging`, and so
does what uvicorn and others say, which a logging library would have to be taught to catch.
"""

from __future__ import annotations

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from foveate.server.request_id import REQUEST_ID

if TYPE_CHECKING:
    from foveate.server.exchange import Exchange
    from foveate.settings import Server
    from foveate.trace import Span

access: Final = logging.getLogger("foveate.access")
USUAL: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "request_id"}
"""What every record has; the rest is what somebody said in `extra`."""

SHOWN: Final = {each: f"\\x{each:02x}" for each in (*range(32), *range(127, 160))}
"""Characters that terminals obey, which a stranger's message may hold, but ends of lines."""
SHOWN.pop(ord("\n"))
SHOWN.pop(ord("\t"))
UNENDED: Final = "ASGI callable returned without completing response."
"""What uvicorn says of an answer that broke off."""
ENDS_EARLY: Final[ContextVar[bool]] = ContextVar("ends_early", default=False)
"""Whether the answer to this request did, and why was logged."""


def is_news(record: logging.LogRecord) -> bool:
    """Return whether a line of uvicorn says what we did not: a filter for its log."""
    return record.msg != UNENDED or not ENDS_EARLY.get()


def _id_of(record: logging.LogRecord) -> str:
    return getattr(record, "request_id", "") or REQUEST_ID.get()


class TextFormatter(logging.Formatter):
    """A line, with the id of the request at its end where it is about one."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        """Return the line without a traceback."""
        line, own = super().formatMessage(record), _id_of(record)
        return f"{line} [{own}]" if own else line

    def format(self, record: logging.LogRecord) -> str:
        """Return all that the record says, with nothing that a terminal would do."""
        return super().format(record).translate(SHOWN)


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return all that the record says."""
        time = datetime.fromtimestamp(record.created, UTC)
        line: dict[str, Any] = {
            "time": time.isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if own := _id_of(record):
            line["request_id"] = own
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        known = USUAL | line.keys()
        extra = {name: value for name, value in vars(record).items() if name not in known}
        return json.dumps(line | extra, default=str)


FORMATTERS: Final = {"text": TextFormatter, "json": JsonFormatter}


def configure(server: Server) -> None:
    """Log to stderr as the settings say."""
    handler = logging.StreamHandler()
    handler.setFormatter(FORMATTERS[server.log_format]())
    logging.basicConfig(handlers=[handler], force=True)
    logging.getLogger("foveate").setLevel(server.log_level.upper())
    # Whoever switches it on wants its lines, however loud the others may be.
    access.setLevel(logging.INFO)
    # Its lines about its own life say nothing that an operator has to know.
    logging.getLogger("uvicorn").setLevel(logging.WARNING)


class AccessLog:
    """The observer that logs a line for each request."""

    def __call__(self, exchange: Exchange) -> None:
        """Log it. %r, because a line stays one line whatever a path holds."""
        ms = exchange.seconds * 1000
        access.info(
            "%s %r: %d, %d bytes, %.2f ms, %s",
            *(exchange.method, exchange.path, exchange.status, exchange.body_bytes, ms),
            exchange.cache or "-",
            extra={
                "request_id": exchange.id,
                "method": exchange.method,
                "path": exchange.path,
                "status": exchange.status,
                "bytes": exchange.body_bytes,
                "ms": round(ms, 3),
                "cache": exchange.cache or None,
                "spans": {span.name: _told(span) for span in exchange.trace.totals()},
            },
        )

    async def close(self, timeout_s: float) -> None:
        """Do nothing: it is all out."""


def _told(span: Span) -> dict[str, float]:
    return {
        "ms": round(span.ms, 3),
        "cpu_ms": round(span.cpu_s * 1000, 3),
        "bytes": span.bytes,
    }
