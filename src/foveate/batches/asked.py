"""What is asked of a row, settled: options read, names, and what stands for all of it."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from foveate.background import waited
from foveate.batches.row import ID_BYTES
from foveate.errors import BadOption, UnknownOption
from foveate.imaging.encode import ending_of
from foveate.options.allowed import ONLY_PRESETS
from foveate.options.grammar import cache_key, parse_options
from foveate.options.model import Format, TransformOptions
from foveate.options.table import check_supported, unknown_option
from foveate.service.analyse import offered
from foveate.service.audited import local_naming
from foveate.service.formats import wanted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foveate.app import App
    from foveate.batches.description import Description
    from foveate.batches.template import Template
    from foveate.options.grammar import Presets
    from foveate.settings import Settings
    from foveate.storage.source import Source

REMEMBERED: Final = 256
"""Texts of options that rows have of their own."""
OTHERS_REMEMBERED: Final = 16
OPEN: Final = (None, Format.AUTO, Format.BEST)
SHORT: Final = {Format.BASELINE_JPEG: "jpg", Format.JPEG: "jpg", Format.TIFF: "tif"}
NAMED: Final = {
    **{str(each): each for each in Format if each not in OPEN},
    "jpg": Format.JPEG,
    "tif": Format.TIFF,
}
"""Formats by the endings of names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenditionAsked:
    """One rendition of a row."""

    number: int
    options: TransformOptions
    template: Template
    others: Mapping[str, Source]
    """Of what is laid over it or behind it."""

    @property
    def side(self) -> float:
        """Return how fine it is at least, to be made in that order."""
        sides = [side for side in (self.options.width, self.options.height) if side]
        return max(sides, default=float("inf")) * self.options.dpr


@dataclass(frozen=True, slots=True, kw_only=True)
class RowAsked:
    """All that is asked of a row."""

    renditions: tuple[RenditionAsked, ...]
    """The finest first: what is decoded for it serves the others."""
    parts: tuple[str, ...]
    crops: tuple[str, ...]
    digest: bytes
    """What stands for all that decides over what is made, beside the picture itself."""


class Asking:
    """Settles what is asked, once for each text of options that rows have of their own."""

    def __init__(
        self, app: App, description: Description, *, notes: bool = True, guarded: bool = False
    ) -> None:
        """Take what is asked of all. Raises BadOption and its siblings for what cannot be.

        `notes` is whether to note in the audit log who is asked for by name, `guarded` whether
        somebody asks who may ask for nobody.
        """
        self._notes = notes
        self._guarded = guarded
        self._app = app
        self._description = description
        self._templates = description.templates
        self.renditions = len(description.renditions)
        self._crops = tuple(wanted(list(description.crops), ())) if description.crops else ()
        self.of = lru_cache(REMEMBERED)(self._of)
        self._others = lru_cache(OTHERS_REMEMBERED)(self._read)
        if description.parts:
            offered(description.parts)
        self.of("")

    def _of(self, own: str) -> RowAsked:
        """Return what is asked of rows with these options of their own."""
        pairs = zip(self._description.renditions, self._templates, strict=True)
        renditions = [
            self._rendition(number, ",".join(filter(None, (each.options, own))), template)
            for number, (each, template) in enumerate(pairs, 1)
        ]
        known = (self._known(each) for each in renditions)
        said = json.dumps([*known, self._description.parts, self._crops, self._parts_prints()])
        return RowAsked(
            renditions=tuple(sorted(renditions, key=lambda each: -each.side)),
            parts=self._description.parts,
            crops=self._crops,
            digest=blake2b(said.encode(), digest_size=ID_BYTES).digest(),
        )

    def _rendition(self, number: int, text: str, template: Template) -> RenditionAsked:
        parsed = parse_options(text, self._app.presets)
        if parsed.unknown:
            raise UnknownOption(
                f"There is no option {', '.join(map(unknown_option, parsed.unknown))}."
            )
        options = as_named(parsed.options, template)
        check_supported(options)
        if self._guarded:
            check_guarded(text, options, self._app.settings, self._app.presets)
        if self._notes and (named := options.subjects()):
            local_naming(self._app.access.audit, named).note()
        options = self._app.designs.settled(options, photo=True)
        others = {key: self._others(key) for key in options.extra_sources()}
        return RenditionAsked(number=number, options=options, template=template, others=others)

    def _read(self, key: str) -> Source:
        return waited(self._app.origin.read(key))

    def _known(self, asked: RenditionAsked) -> list[str]:
        others = [source.digest for source in asked.others.values()]
        return [cache_key(asked.options), self._app.generation(asked.options), *others]

    def _parts_prints(self) -> list[str]:
        """Return what changes when parts, or crops, may say something else."""
        parts = offered(self._description.parts) if self._description.parts else []
        prints = [self._app.analyses.fingerprint(part) for part in parts]
        return [*prints, self._app.generation(CROPS)] if self._crops else prints


CROPS: Final = parse_options("gravity=face,fit=cover,width=1,height=1").options
"""Options that look as crops do."""


def check_guarded(
    text: str, options: TransformOptions, settings: Settings, presets: Presets
) -> None:
    """Raise BadOption, or OptionNotAllowed, for what a stranger may not ask for."""
    if options.subjects():
        raise BadOption("Expected options without people by their names, got some: ask by URL.")
    if settings.only_presets:
        ONLY_PRESETS.check(text, presets)


def as_named(options: TransformOptions, template: Template) -> TransformOptions:
    """Return options with the format of the name's ending, where they leave that open.

    Raises BadOption for a name that would lie about what is in it.
    """
    ending = os.path.splitext(template.text)[1].lower().removeprefix(".")  # noqa: PTH122
    named = NAMED.get(ending)
    if named is None:
        return options
    if options.format in OPEN:
        return replace(options, format=named)
    if SHORT.get(options.format, options.format) != SHORT.get(named, named):
        wanted_ = f"a name for {options.format} such as {template.text[: -len(ending)]}{{ext}}"
        raise BadOption(f"Expected {wanted_}, got {template.text}.")
    return options


def ext_of(content_type: str) -> str:
    """Return what `{ext}` says of a rendition."""
    return ending_of(content_type).removeprefix(".")
