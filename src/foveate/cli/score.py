"""`foveate score`: how alike a picture looks to the one that it was made from."""

from __future__ import annotations

import json
from typing import Annotated, Final

import typer

from foveate.cli.batch import AsJson, read_picture

LEVELS: Final = ((90, "very high"), (70, "high"), (50, "medium"), (30, "low"))
"""What people called pictures from such a score on."""
Reference = Annotated[
    str, typer.Argument(help="The original: a file, an http(s) address or - for standard input.")
]
Picture = Annotated[str, typer.Argument(help="What was made of it, of the same size.")]


def score(reference: Reference, picture: Picture, as_json: AsJson = False) -> None:
    """Say how alike a picture looks to another one of the same size (SSIMULACRA2)."""
    from foveate.library import score as scored
    from foveate.vision.score import METRIC

    number = scored(*(read_picture(name) for name in (reference, picture)))
    if as_json:
        typer.echo(json.dumps({"metric": METRIC, "score": round(number, 2)}))
    else:
        typer.echo(f"{number:.2f}  {level(number)}")


def level(number: float) -> str:
    """Return the quality that a score stands for, in words."""
    if number >= 100:  # noqa: PLR2004 - the score of a picture against itself
        return "identical"
    return next((f"{word} quality" for least, word in LEVELS if number >= least), "poor quality")
