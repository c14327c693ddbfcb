"""What somebody asks of a job, checked before it is queued: nothing is fetched or looked at."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from foveate.batches.asked import as_named, check_guarded
from foveate.batches.description import Description, TableFormat, description_from_json
from foveate.batches.parquet import check_installed
from foveate.batches.reach import AtOrigin
from foveate.configuration.nearest import meant
from foveate.errors import BadBody, BadOption, UnknownOption
from foveate.jobs.job import dumped
from foveate.jobs.webhooks import address_of
from foveate.options.grammar import parse_options
from foveate.options.presets import read_presets
from foveate.options.table import check_supported, unknown_option
from foveate.service.analyse import offered
from foveate.service.formats import wanted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foveate.settings import Settings

MOST_SOURCES: Final = 1000
MOST_WORDS: Final = 100
LONGEST: Final = 8192
"""Characters of a source, of options, and of a name."""
OUT: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
IDEMPOTENCY: Final = re.compile(r"[\x21-\x7e]{1,255}")
WORDS: Final = (*(each.name for each in fields(Description)), "webhook")
ANYWHERE: Final = "out"
"""Where a batch writes, as long as nobody has said where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobAsked:
    """A job that may be queued."""

    description: Mapping[str, Any]
    out: str = ""
    """Empty is the job's id."""
    webhook: str = ""
    idempotency: str = ""

    @property
    def digest(self) -> str:
        """Return what stands for all that is asked."""
        said = dumped([self.description, self.out, self.webhook])
        return sha256(said.encode(errors="replace")).hexdigest()


def asked_from_json(said: object, idempotency: str = "") -> JobAsked:
    """Return what JSON asks for, as far as that can be read. Raises BadRequest and its kinds."""
    if not isinstance(said, dict):
        raise BadBody(f"Expected a JSON object, got {type(said).__name__}.")
    if odd := next((str(word) for word in said if word not in WORDS), ""):
        got = f"{odd[:40]!r}{meant(odd, WORDS)}"
        raise BadOption(f"Expected a job with {', '.join(WORDS)}, got {got}.")
    told = dict(said)
    out, webhook = (_text(told.pop(word, ""), word) for word in ("out", "webhook"))
    if out and not OUT.fullmatch(out):
        wanted_ = "small letters, digits, dots, dashes and underscores, at most 100"
        raise BadOption(f"Expected `out` of {wanted_}, got {out[:100]!r}.")
    if idempotency and not IDEMPOTENCY.fullmatch(idempotency):
        raise BadOption("Expected an `Idempotency-Key` of at most 255 characters of ASCII.")
    description = description_from_json({**told, "out": ANYWHERE})
    kept = description.to_json()
    del kept["out"]
    _check_text(dumped([kept, webhook]))
    return JobAsked(description=kept, out=out, webhook=webhook, idempotency=idempotency)


def described(kept: Mapping[str, Any], out: str) -> Description:
    """Return the description of a job that was queued, which writes there."""
    return description_from_json({**kept, "out": out})


def check(asked: JobAsked, settings: Settings) -> None:
    """Raise BadRequest, SourceNotFound or BadInstallation for what no job can do.

    Blocks: it is seen whether sources are there.
    """
    description = described(asked.description, ANYWHERE)
    _check_bounds(description)
    presets = read_presets(settings.presets)
    for rendition, template in zip(description.renditions, description.templates, strict=True):
        parsed = parse_options(rendition.options, presets)
        if parsed.unknown:
            names = ", ".join(map(unknown_option, parsed.unknown))
            raise UnknownOption(f"There is no option {names}.")
        check_supported(as_named(parsed.options, template))
        check_guarded(rendition.options, parsed.options, settings, presets)
    if description.parts:
        offered(description.parts)
    if description.crops:
        wanted(description.crops)
    if description.tables is TableFormat.PARQUET:
        check_installed()
    if asked.webhook:
        address_of(asked.webhook, settings)
    AtOrigin().check(description.sources, settings.origins)


def _check_bounds(description: Description) -> None:
    for word, many, most in (
        ("sources", description.sources, MOST_SOURCES),
        ("parts", description.parts, MOST_WORDS),
        ("crops", description.crops, MOST_WORDS),
    ):
        if len(many) > most:
            raise BadOption(f"Expected at most {most} {word}, got {len(many)}: name a list.")
    texts = [*description.sources, *(each.options for each in description.renditions)]
    texts += [each.name for each in description.renditions]
    if any(len(text) > LONGEST for text in texts):
        raise BadOption(f"Expected texts of at most {LONGEST} characters, got a longer one.")


def _check_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadOption("Expected texts of whole characters, got half of one.") from None


def _text(said: object, word: str) -> str:
    if not isinstance(said, str):
        raise BadOption(f"Expected {word} as text, got {type(said).__name__}.")
    return said
