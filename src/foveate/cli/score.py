"""`foveate score`: how alike a picture looks to the one that it was made from."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from foveate.cli.several import AsJson, read_picture

Reference = Annotated[
    str, typer.Argument(help="The original: a file, an http(s) address or - for standard input.")
]
Picture = Annotated[str, typer.Argument(help="What was made of it, of the same size.")]


def score(reference: Reference, picture: Picture, as_json: AsJson = False) -> None:
    """Say how alike a picture looks to another one of the same size (SSIMULACRA2)."""
    from foveate.library import score as scored
    from foveate.vision.score import METRIC, word

    number = scored(*(read_picture(name) for name in (reference, picture)))
    if as_json:
        typer.echo(json.dumps({"metric": METRIC, "score": round(number, 2)}))
    else:
        typer.echo(f"{number:.2f}  {word(number)}")
