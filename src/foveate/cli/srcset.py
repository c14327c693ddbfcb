"""`foveate srcset`: the markup of a responsive picture."""

from __future__ import annotations

import json
import time
from typing import Annotated

import typer

from foveate.cli.several import STANDARD, read_picture
from foveate.cli.sign import Key
from foveate.cli.sign import seconds as seconds_of
from foveate.service.responsive import MOST, MOST_OF_ALL, Loading, Until

Name = Annotated[
    str,
    typer.Argument(
        help="A picture: a file, an http(s) or s3 address, or - for standard input.",
        metavar="SOURCE",
    ),
]
Url = Annotated[
    str | None,
    typer.Option(
        help="The source as in an image URL, where a server finds it elsewhere than SOURCE says.",
        metavar="URL",
    ),
]
Options = Annotated[
    str,
    typer.Option(
        "--options",
        "-o",
        help="What holds for every width: width=3,height=2,fit=cover,gravity=face",
    ),
]
Sizes = Annotated[
    str,
    typer.Option(help="How wide the page shows it: (min-width: 800px) 50vw, 100vw"),
]
Formats = Annotated[
    list[str] | None,
    typer.Option(
        "--format",
        help="jxl, avif, webp, jpeg, png, gif, or auto; several with commas, the one that all read "
        "last.",
    ),
]
Widths = Annotated[int, typer.Option(min=1, max=MOST_OF_ALL, help="So many widths at most.")]
Alt = Annotated[str, typer.Option(help="What the picture shows, for who does not see it.")]
When = Annotated[Loading, typer.Option(help="When browsers fetch it.")]
Shown = Annotated[Until, typer.Option(help="What the page shows until it is there.")]
Base = Annotated[
    str, typer.Option(help="Where the server is: https://pics.example.com", metavar="URL")
]
Expires = Annotated[
    str | None, typer.Option(help="Let signed URLs end after so long: 90s, 15m, 12h, 7d or 4w.")
]
AsJson = Annotated[
    bool, typer.Option("--json", help="Print the markup and what stands in it as JSON.")
]


def srcset(
    name: Name,
    *,
    url: Url = None,
    options: Options = "",
    sizes: Sizes = "100vw",
    format_: Formats = None,
    widths: Widths = MOST,
    alt: Alt = "",
    loading: When = Loading.LAZY,
    placeholder: Shown = Until.THUMBHASH,
    base: Base = "",
    expires: Expires = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Write the HTML of a responsive picture: widths, formats, shape and placeholder.

    Where signing keys are set, its URLs are signed.
    """
    from foveate.background import default_app
    from foveate.library import srcset as made
    from foveate.options.addresses import found_at

    if url is None:
        url = found_at("" if name == STANDARD else name, default_app().settings.origins.folder)
    found = made(
        read_picture(name),
        options,
        url=url,
        sizes=sizes,
        format=format_ or (),
        widths=widths,
        alt=alt,
        loading=loading,
        placeholder=placeholder,
        base=base,
        expires=None if expires is None else int(time.time()) + seconds_of(expires),
        key=key,
    )
    typer.echo(json.dumps(found.to_json(), ensure_ascii=False) if as_json else found.html)
