"""What several texts and presets hide adds up, and nothing that one hides is shown by another."""

from __future__ import annotations

import pytest

from foveate.errors import BadOption
from foveate.options.grammar import format_options, parse_options, redirects_on_error

PRESETS = {
    "anonymous": {"redact": "faces"},
    "signs": {"redact": "text"},
    "team": {"redact.keep": "subject:Ann"},
    "strict": {"moderate": "block"},
}


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("redact=faces,redact=text", "redact=faces%7Ctext"),
        ("redact=object:car,redact=faces", "redact=faces%7Cobject:car"),
        ("preset=anonymous;signs", "redact=faces%7Ctext"),
        ("preset=signs,preset=anonymous", "redact=faces%7Ctext"),
        ("preset=anonymous,redact=text", "redact=faces%7Ctext"),
        ("preset=team,redact.keep=subject:Ann", "redact=faces,redact.keep=subject:Ann"),
        ("redact=faces,redact.keep=subject:Ann", "redact=faces,redact.keep=subject:Ann"),
        ("preset=strict,moderate=blur", "moderate=block"),
        ("moderate=block,moderate=blur", "moderate=block"),
        ("moderate=blur,moderate=block", "moderate=block"),
    ],
)
def test_all_is_hidden_that_anything_hides(text: str, hidden: str) -> None:
    assert format_options(parse_options(text, PRESETS).options) == hidden


@pytest.mark.parametrize(
    "text",
    [
        "preset=anonymous,redact.keep=subject:Bob",
        "preset=team,redact.keep=subject:Bob",
        "preset=team,redact.only=subject:Ann",
        "preset=anonymous;team",
        "redact.only=subject:Ann,redact.only=subject:Bob",
        "redact=faces,redact=",
        "redact=,redact=faces",
    ],
)
def test_what_would_show_faces_that_are_hidden_is_refused(text: str) -> None:
    with pytest.raises(BadOption):
        parse_options(text, PRESETS)
    assert not redirects_on_error(f"{text},onerror=redirect", PRESETS)
