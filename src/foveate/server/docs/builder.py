"""The page on which an image URL is put together: a field for each row of the table of options.

The fields stand in the page; `studio/docs/builder.js` makes the URL of them and shows its picture.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Final

from foveate.options.rows_designed import VALUES
from foveate.options.table import GROUPS
from foveate.server.docs.addresses import BUILDER
from foveate.server.docs.markdown import Document, Section, slug
from foveate.server.docs.openapi import prose

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foveate.options.option import Option

TITLE: Final = "Build a URL"
ABOUT: Final = (
    "Fill in what you want; the URL follows, and so does what it answers where a picture is named."
)
FIRST: Final[Mapping[str, str]] = {
    "width": "400",
    "height": "400",
    "fit": "cover",
    "gravity": "face",
    "zoom": "0.5",
    "format": "auto",
}
"""What the fields say at first."""
OPEN: Final = frozenset({"Size", "Crop", "Format and bytes"})
_WORDS: Final = re.compile(r"`([\w.-]+)`")
_LINK: Final = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_MADE: Final = """\
<section class="made" aria-label="The URL and its picture">
<label class="fact"><span>Picture</span><input type="text" id="source" list="samples" \
autocomplete="off" spellcheck="false" placeholder="a path below the origin, or an address">\
<datalist id="samples"></datalist></label>
<p class="url"><code id="url"></code></p>
<p class="row" id="acts" hidden><button type="button" class="button primary" id="copy">Copy URL\
</button> <a class="button" id="studio" href="./">Open in the studio</a></p>
<div id="said" role="status"></div>
<p id="facts" class="muted mono"></p>
<img id="shown" alt="What the URL answers" hidden>
</section>
"""


def page() -> Document:
    """Return the page."""
    groups = "".join(_group(title, rows) for title, rows in GROUPS.items())
    head = f'<h1 id="build-a-url">{TITLE}</h1><p>{ABOUT}</p>'
    script = '<noscript><p class="notice">To put it together here needs JavaScript.</p></noscript>'
    html = f'{head}{script}<div class="builder"><form id="options">{groups}</form>{_MADE}</div>'
    return Document(BUILDER, TITLE, html, (Section("build-a-url", TITLE, 1, ABOUT),))


def _group(title: str, rows: tuple[Option, ...]) -> str:
    opened = " open" if title in OPEN else ""
    # Values of designs go by the names of blocks, which a form of all options does not know.
    fields = "".join(map(_field, filter(lambda row: row not in VALUES, rows)))
    return f'<details{opened} id="{slug(title)}"><summary>{title}</summary>{fields}</details>\n'


def _field(row: Option) -> str:
    """Return a field with what may stand in it; its words are offered."""
    name = escape(row.name)
    offered = "".join(f'<option value="{escape(word)}">' for word in _WORDS.findall(row.values))
    known = f'<datalist id="of-{name}">{offered}</datalist>' if offered else ""
    listed = f' list="of-{name}"' if offered else ""
    return (
        f'<div class="option"><label for="o-{name}"><code>{name}</code></label>'
        f'<input type="text" id="o-{name}" name="{name}" value="{escape(FIRST.get(row.name, ""))}"'
        f' placeholder="{_plain(row.default)}" aria-describedby="h-{name}"{listed}'
        f' autocomplete="off" spellcheck="false">{known}'
        f'<p id="h-{name}" class="muted">{prose(row.help)} <span>{prose(_told(row.values))}</span>'
        "</p></div>\n"
    )


def _told(values: str) -> str:
    return _LINK.sub(r"\1", values)


def _plain(text: str) -> str:
    return escape(_told(text).replace("`", ""))
