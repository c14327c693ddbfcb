"""`foveate similar`: whether the people of two pictures are the same."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from foveate.cli.several import AsJson, read_picture

if TYPE_CHECKING:
    from foveate.service.similar import Comparison
    from foveate.values import Face

Picture = Annotated[
    str, typer.Argument(help="A picture file, an http(s) address or - for standard input.")
]


def similar(first: Picture, second: Picture, as_json: AsJson = False) -> None:
    """Say how alike the most alike faces of two pictures are."""
    from foveate.library import similar as compared

    comparison = compared(*(read_picture(name) for name in (first, second)))
    if as_json:
        typer.echo(json.dumps(comparison.to_json(), indent=2))
        return
    typer.echo(sentence(comparison))
    if comparison.best is not None:
        for source, face in zip((first, second), comparison.best.faces, strict=True):
            typer.echo(f"  {source}  {place(face)}")


def sentence(comparison: Comparison) -> str:
    """Return the answer in one line."""
    best = comparison.best
    if best is None:
        found = " and ".join(map(str, comparison.found))
        return f"Nothing to compare: {found} faces were found."
    chance = f"{best.probability:.1%}" if best.probability < 0.999 else "over 99.9%"  # noqa: PLR2004
    return f"{best.verdict}  {chance} likely one person  (cosine {best.cosine:.3f})"


def place(face: Face) -> str:
    """Return where a face is, as people read it."""
    box = face.box
    return f"{box.width:.0f}x{box.height:.0f} at {box.left:.0f},{box.top:.0f}"
