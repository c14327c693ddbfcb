"""The one table from error classes to HTTP statuses and Cloudflare's codes."""

from __future__ import annotations

import logging
import math
import time
from typing import TYPE_CHECKING, Final, NamedTuple

from foveate import errors
from foveate.server.advice import advice
from foveate.server.answer import Answer, json_answer

if TYPE_CHECKING:
    from collections.abc import Iterator

log = logging.getLogger("foveate.server")

UNAUTHORISED: Final = 401
SERVICE_UNAVAILABLE: Final = 503
SERVER_ERROR: Final = 500


class Status(NamedTuple):
    """The HTTP status of an error, and the number that `Cf-Resized: err=` carries."""

    http: int
    code: int


TABLE: Final[dict[type[errors.FoveateError], Status]] = {
    errors.BadRequest: Status(400, 9401),
    errors.NotTranslated: Status(400, 9401),
    errors.NameTaken: Status(409, 9401),
    errors.BadUrl: Status(403, 9406),
    errors.OptionNotAllowed: Status(403, 9401),
    errors.FlexibleVariantsOff: Status(403, 9429),
    errors.OriginNotAllowed: Status(403, 9401),
    errors.BodyTooSlow: Status(408, 9401),
    errors.BadSignature: Status(403, 9401),
    errors.LinkExpired: Status(403, 9401),
    errors.BadToken: Status(401, 9401),
    errors.ResizingLoop: Status(508, 9403),
    errors.NotEnrolled: Status(404, 9404),
    errors.UnknownRecognition: Status(404, 9404),
    errors.UnknownMask: Status(404, 9404),
    errors.OtherMask: Status(400, 9401),
    errors.OtherModel: Status(409, 9401),
    errors.SubjectTaken: Status(409, 9401),
    errors.CollectionFull: Status(409, 9401),
    errors.FaceRefused: Status(422, 9401),
    errors.KeyNeeded: Status(401, 9401),
    errors.ScopeNotAllowed: Status(403, 9401),
    errors.RateExceeded: Status(429, 9401),
    errors.UnknownJob: Status(404, 9404),
    errors.JobConflict: Status(409, 9401),
    errors.QuotaSpent: Status(429, 9401),
    errors.EditRefused: Status(422, 9401),
    errors.BadConfiguration: Status(422, 9401),
    errors.BadRaw: Status(422, 9401),
    errors.UnknownDataset: Status(404, 9404),
    errors.UnknownRaw: Status(404, 9404),
    errors.UnknownHandler: Status(404, 9404),
    errors.DatasetConflict: Status(409, 9401),
    errors.DatasetDamaged: Status(410, 9404),
    errors.BadDesign: Status(422, 9401),
    errors.DesignTooLarge: Status(413, 9401),
    errors.BadChange: Status(422, 9401),
    errors.DesignConflict: Status(409, 9401),
    errors.UnknownBrand: Status(404, 9404),
    errors.UnknownDesign: Status(404, 9404),
    errors.SourceError: Status(502, 9402),
    errors.SourceNotFound: Status(404, 9404),
    errors.SourceTooLarge: Status(413, 9402),
    errors.SourceUnreachable: Status(502, 9402),
    errors.SourceUnresolved: Status(523, 9407),
    errors.SourceTimeout: Status(524, 9504),
    errors.SourceFailed: Status(502, 9509),
    errors.SourceRefused: Status(502, 9519),
    errors.CredentialsMissing: Status(502, 9519),
    errors.TooManyRedirects: Status(400, 9421),
    errors.DatasetsAway: Status(503, 9522),
    errors.ImageError: Status(422, 9516),
    errors.NotAnImage: Status(415, 9412),
    errors.UnsupportedFormat: Status(415, 9520),
    errors.BrokenImage: Status(422, 9516),
    errors.EmptyImage: Status(422, 9516),
    errors.TooManyPixels: Status(413, 9413),
    errors.AnimationTooLarge: Status(403, 9413),
    errors.PictureBlocked: Status(403, 9530),
    errors.OutputTooLarge: Status(403, 9413),
    errors.AnswerTooLarge: Status(413, 9413),
    errors.UpscaleTooLarge: Status(403, 9413),
    errors.DrawingTooLarge: Status(403, 9413),
    errors.HandlerFailed: Status(500, 9523),
    errors.DatasetFailed: Status(500, 9523),
    errors.DatasetCancelled: Status(409, 9523),
    errors.RawChanged: Status(409, 9523),
    errors.NotWritten: Status(500, 9523),
    errors.DiskFull: Status(500, 9523),
    errors.DestinationAway: Status(500, 9523),
    errors.EncodeFailed: Status(500, 9516),
    errors.AssistantRefused: Status(502, 9523),
    errors.Unavailable: Status(503, 9522),
    errors.QueueFull: Status(503, 9522),
    errors.ServerBusy: Status(503, 9522),
    errors.BudgetSpent: Status(503, 9522),
    errors.MemoryBudgetSpent: Status(503, 9527),
    errors.TimedOut: Status(504, 9529),
    errors.ClientDisconnected: Status(502, 9528),
    errors.ModelError: Status(503, 9523),
    errors.SealBroken: Status(500, 9523),
    errors.BadSettings: Status(500, 9523),
    errors.BadInstallation: Status(500, 9523),
    errors.FoveateError: Status(500, 9523),
}
ROUTING: Final = {
    404: ("NotFound", 9404, "There is no such route. See /docs."),
    405: ("MethodNotAllowed", 9401, "This route does not take that method."),
    408: ("HeadTooSlow", 9401, "The head of the request did not come in time."),
    416: ("RangeNotSatisfiable", 9401, "The part that `Range` asks for lies behind the end."),
    431: ("HeadTooLarge", 9401, "The head of the request is too large."),
}
ROUTING_ADVICE: Final = {
    404: "Correct the path.",
    405: "Use a method that the header `Allow` names.",
    408: "Look at the connection: what came was less than a request.",
    416: "Ask for bytes before the end, which `Content-Range` names.",
    431: "Send fewer and shorter headers, and a shorter path.",
}


class Explained(NamedTuple):
    """An error in words: as it is answered, and what to do about it."""

    name: str
    status: int
    code: int
    message: str
    advice: str


def status_of(kind: type[errors.FoveateError]) -> Status:
    """Return the row of the nearest ancestor that has one."""
    return next(TABLE[base] for base in kind.__mro__ if base in TABLE)


def error_answer(error: BaseException, where: str, *, retry_after_s: int) -> Answer:
    """Tell the client what it may know, and the log the rest. `where` is the path asked for."""
    error = logged(error, where)
    status = status_of(type(error))
    headers = {"cf-resized": f"err={status.code}", **when_again(error, retry_after_s)}
    if status.http == UNAUTHORISED:
        headers["www-authenticate"] = "Bearer"  # RFC 9110, 15.5.2
    content = {"error": type(error).__name__, "code": status.code, "message": error.public}
    return json_answer(status.http, content, headers)


def logged(error: BaseException, where: str) -> errors.FoveateError:
    """Tell the log of an error, and return what the client may know of it."""
    if isinstance(error, errors.FoveateError):
        _log(error, where)
        return error
    log.error("%r failed unexpectedly", where, exc_info=error)
    return errors.FoveateError()


def when_again(error: errors.FoveateError, retry_after_s: int) -> dict[str, str]:
    """Return the header that says when to ask again, where that may help."""
    if isinstance(error, errors.RateExceeded | errors.QuotaSpent | errors.BudgetSpent):
        return {"retry-after": str(math.ceil(error.retry_after_s))}
    # Weights that are missing stay so, and a picture as large: who comes back gets the same answer.
    busy = isinstance(error, errors.Unavailable | errors.DatasetsAway) and not (
        isinstance(error, errors.MemoryBudgetSpent)
        or status_of(type(error)).http != SERVICE_UNAVAILABLE
    )
    return {"retry-after": str(retry_after_s)} if busy else {}


class Seldom:
    """Counts what happens, and says so once in a while."""

    def __init__(self, every_s: float) -> None:
        self._every_s = every_s
        self._last_s = -every_s
        self._unsaid = 0

    def due(self) -> int:
        """Return how often it was asked since it last returned something, or 0 to be silent."""
        self._unsaid += 1
        now = time.monotonic()
        if now - self._last_s < self._every_s:
            return 0
        said, self._unsaid, self._last_s = self._unsaid, 0, now
        return said


_shed: Final = Seldom(every_s=1.0)


def _log(error: errors.FoveateError, where: str) -> None:
    if isinstance(error, errors.QueueFull | errors.ServerBusy):
        # A line for each of a crowd would cost more than its answer, and say no more.
        name = type(error).__name__
        if times := _shed.due():
            log.warning("%r: %s: %r (%d times since this was said)", where, name, str(error), times)
        return
    # %r because paths and messages carry the client's own words, and a log line stays one line.
    log.log(_level(error), "%r: %s: %r", where, type(error).__name__, str(error))


def _level(error: errors.FoveateError) -> int:
    if isinstance(error, errors.ClientDisconnected):
        return logging.DEBUG
    return logging.WARNING if status_of(type(error)).http >= SERVER_ERROR else logging.INFO


def routing_answer(status: int, *, allow: str = "", instead: str = "") -> Answer:
    """Return the answer for a path or method that no route takes; `instead` is what was meant."""
    name, code, message = ROUTING.get(status, ("BadRequest", 9401, "The request is not valid."))
    first, stop, rest = message.partition(".")
    message = f"{first}{instead}{stop}{rest}"
    headers = {"cf-resized": f"err={code}"} | ({"allow": allow} if allow else {})
    return json_answer(status, {"error": name, "code": code, "message": message}, headers)


def leaves(kind: type[errors.FoveateError]) -> Iterator[type[errors.FoveateError]]:
    """Yield the classes that are really raised: those without children."""
    children = kind.__subclasses__()
    for child in children:
        yield from leaves(child)
    if not children:
        yield kind


def explained() -> Iterator[Explained]:
    """Yield every error that is answered, in words."""
    for kind in leaves(errors.FoveateError):
        yield Explained(kind.__name__, *status_of(kind), kind.summary, advice(kind))
    for http, (name, code, message) in ROUTING.items():
        yield Explained(name, http, code, message, ROUTING_ADVICE[http])


def reference() -> str:
    """Return the table of docs/reference/errors.md."""
    rows = ["| error | status | code | message | what to do |", "| --- " * 5 + "|"]
    rows += [
        f"| `{each.name}` | {each.status} | {each.code} | {each.message} | {each.advice} |"
        for each in explained()
    ]
    return "\n".join(rows) + "\n"
