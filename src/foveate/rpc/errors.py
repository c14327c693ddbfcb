"""The one table from error classes to the status codes of gRPC."""

from __future__ import annotations

import logging
from typing import Final

from foveate import errors

log = logging.getLogger("foveate.rpc")

CODES: Final[dict[type[errors.FoveateError], str]] = {
    errors.BadRequest: "INVALID_ARGUMENT",
    errors.UnsupportedOption: "UNIMPLEMENTED",
    errors.OptionNotAllowed: "PERMISSION_DENIED",
    errors.FlexibleVariantsOff: "PERMISSION_DENIED",
    errors.OriginNotAllowed: "PERMISSION_DENIED",
    errors.BodyTooSlow: "DEADLINE_EXCEEDED",
    errors.BadSignature: "PERMISSION_DENIED",
    errors.LinkExpired: "PERMISSION_DENIED",
    errors.BadToken: "UNAUTHENTICATED",
    errors.NotEnrolled: "NOT_FOUND",
    errors.UnknownRecognition: "NOT_FOUND",
    errors.UnknownMask: "NOT_FOUND",
    errors.OtherModel: "FAILED_PRECONDITION",
    errors.SubjectTaken: "ALREADY_EXISTS",
    errors.NameTaken: "ALREADY_EXISTS",
    errors.CollectionFull: "FAILED_PRECONDITION",
    errors.KeyNeeded: "UNAUTHENTICATED",
    errors.ScopeNotAllowed: "PERMISSION_DENIED",
    errors.RateExceeded: "RESOURCE_EXHAUSTED",
    errors.UnknownJob: "NOT_FOUND",
    errors.JobConflict: "ALREADY_EXISTS",
    errors.QuotaSpent: "RESOURCE_EXHAUSTED",
    errors.UnknownDataset: "NOT_FOUND",
    errors.UnknownRaw: "NOT_FOUND",
    errors.UnknownHandler: "NOT_FOUND",
    errors.DatasetConflict: "FAILED_PRECONDITION",
    errors.DatasetDamaged: "FAILED_PRECONDITION",
    errors.DesignConflict: "FAILED_PRECONDITION",
    errors.UnknownBrand: "NOT_FOUND",
    errors.UnknownDesign: "NOT_FOUND",
    errors.ResizingLoop: "FAILED_PRECONDITION",
    errors.SourceError: "UNAVAILABLE",
    errors.SourceNotFound: "NOT_FOUND",
    errors.SourceTooLarge: "INVALID_ARGUMENT",
    errors.SourceTimeout: "DEADLINE_EXCEEDED",
    errors.SourceRefused: "PERMISSION_DENIED",
    errors.CredentialsMissing: "PERMISSION_DENIED",
    errors.TooManyRedirects: "FAILED_PRECONDITION",
    errors.DatasetsAway: "UNAVAILABLE",
    errors.ImageError: "INVALID_ARGUMENT",
    errors.PictureBlocked: "PERMISSION_DENIED",
    errors.OutputTooLarge: "INVALID_ARGUMENT",
    errors.AnswerTooLarge: "RESOURCE_EXHAUSTED",
    errors.UpscaleTooLarge: "INVALID_ARGUMENT",
    errors.DrawingTooLarge: "INVALID_ARGUMENT",
    errors.HandlerFailed: "INTERNAL",
    errors.DatasetFailed: "INTERNAL",
    errors.DatasetCancelled: "FAILED_PRECONDITION",
    errors.RawChanged: "FAILED_PRECONDITION",
    errors.NotWritten: "INTERNAL",
    errors.DiskFull: "INTERNAL",
    errors.DestinationAway: "INTERNAL",
    errors.EncodeFailed: "INTERNAL",
    errors.AssistantRefused: "FAILED_PRECONDITION",
    errors.Unavailable: "UNAVAILABLE",
    errors.QueueFull: "RESOURCE_EXHAUSTED",
    errors.ServerBusy: "RESOURCE_EXHAUSTED",
    errors.BudgetSpent: "RESOURCE_EXHAUSTED",
    errors.MemoryBudgetSpent: "RESOURCE_EXHAUSTED",
    errors.TimedOut: "DEADLINE_EXCEEDED",
    errors.ClientDisconnected: "CANCELLED",
    errors.ModelError: "FAILED_PRECONDITION",
    errors.SealBroken: "INTERNAL",
    errors.BadSettings: "INTERNAL",
    errors.BadInstallation: "INTERNAL",
    errors.FoveateError: "INTERNAL",
}
OURS: Final = frozenset({"INTERNAL", "UNAVAILABLE", "FAILED_PRECONDITION"})
"""Codes of what an operator should know of."""


def code_of(kind: type[errors.FoveateError]) -> str:
    """Return the code of the nearest ancestor that has one."""
    return next(CODES[base] for base in kind.__mro__ if base in CODES)


def ours(error: Exception, where: str) -> errors.FoveateError:
    """Return what callers may know of a failure, and tell the log the rest."""
    if not isinstance(error, errors.FoveateError):
        log.error("%s failed unexpectedly", where, exc_info=error)
        return errors.FoveateError()
    level = logging.WARNING if code_of(type(error)) in OURS else logging.INFO
    # %r because messages carry the caller's own words, and a log line stays one line.
    log.log(level, "%s: %s: %r", where, type(error).__name__, str(error))
    return error
