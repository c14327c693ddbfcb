"""`DetectModerationLabels`: nudity, in the words of Rekognition's taxonomy of version 7."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from foveate.server.rekognition.shapes import MODEL, percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foveate.server.rekognition.call import Call, Told
    from foveate.service.work import Work
    from foveate.storage.source import Source

SURE: Final = 50
"""Percent from which on a label is told where nobody says."""
EXPLICIT: Final = ("Explicit",)
_NUDITY: Final = (*EXPLICIT, "Explicit Nudity")
PATHS: Final = {
    "female genitalia exposed": (*_NUDITY, "Exposed Female Genitalia"),
    "male genitalia exposed": (*_NUDITY, "Exposed Male Genitalia"),
    "buttocks exposed": (*_NUDITY, "Exposed Buttocks or Anus"),
    "anus exposed": (*_NUDITY, "Exposed Buttocks or Anus"),
    "female breast exposed": (*_NUDITY, "Exposed Female Nipple"),
    "male breast exposed": (
        "Non-Explicit Nudity of Intimate parts and Kissing",
        "Non-Explicit Nudity",
        "Exposed Male Nipple",
    ),
}
"""Where a part of a body stands in the taxonomy, from the top. What is covered has no place."""
CERTAIN: Final = 1.0
"""A service elsewhere says yes or no."""
FLAGGED: Final = "Flagged"
"""The label of what it flags without a word why."""


async def detect(call: Call) -> Told:
    """Say what of a picture somebody may not want to show."""
    call.asked.refuse("HumanLoopConfig", "ProjectVersion")
    least = call.asked.percent("MinConfidence", SURE)

    def told(known: Any) -> Told:  # noqa: ANN401 - what an analysis gives
        rows = labels(known.to_json()["moderation"])
        return {
            "ModerationLabels": [row for row in rows if row["Confidence"] >= least],
            "ModerationModelVersion": MODEL,
            "ContentTypes": [],
        }

    def prepare(picture: Source) -> Work[Told]:
        return call.api.door.core.analyser.prepare(picture, ["moderation"]).then(told)

    return await call.look(prepare)


def labels(said: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return every label with how sure it is, the surest first, those above it before it."""
    sure: dict[tuple[str, ...], float] = {EXPLICIT: said["nsfw"]}
    for part in said.get("parts") or ():
        if (path := PATHS.get(part["label"])) is not None:
            for depth in range(1, len(path) + 1):
                sure[path[:depth]] = max(part["score"], sure.get(path[:depth], 0.0))
    service = said.get("service") or {}
    if service.get("flagged"):
        # All names there begin with a capital, and programs compare them.
        names = (label[:1].upper() + label[1:] for label in service["labels"] or (FLAGGED,))
        sure |= {(name,): CERTAIN for name in names}
    rows = sorted(sure.items(), key=lambda item: (-item[1], len(item[0])))
    return [_row(path, score) for path, score in rows]


def _row(path: tuple[str, ...], score: float) -> dict[str, Any]:
    *above, name = path
    return {
        "Name": name,
        "ParentName": above[-1] if above else "",
        "Confidence": percent(score),
        "TaxonomyLevel": len(path),
    }
