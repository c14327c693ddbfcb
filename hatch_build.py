"""Puts the documents into a wheel, beside the code, which shows them at `/docs`.

An editable installation reads them where they are, and gets no copies.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SHOWN = (
    "*.md",
    "LICENSE",
    "compose.yaml",
    "foveate.toml.example",
    ".ci/run",
    "benchmarks/*.md",
    "deploy/**/*",
    "docs/**/*.md",
    "docs/images/*",
    "docs/reference/*.xsd",
)
"""What pages are made of, and what they link to."""
PLACE = "foveate/documents"


class Documents(BuildHookInterface):  # type: ignore[type-arg]
    """What hatchling calls before it builds a wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the files that go into the wheel from elsewhere than its packages."""
        if version == "editable":
            return
        root = Path(self.root)
        found = sorted({file for pattern in SHOWN for file in root.glob(pattern)})
        build_data["force_include"] |= {
            str(file): f"{PLACE}/{file.relative_to(root)}" for file in found if file.is_file()
        }
