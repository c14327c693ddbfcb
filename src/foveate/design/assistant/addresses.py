"""What in a text leads somewhere, however it is written: what people see of it counts.

A text that is matched is a copy: letters that nobody sees are left out of it, and what is read as a
point is one.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

DASH: Final = "\u2010-\u2015\u2212\u2e3a\u2e3b\u301c\u3030\u30a0-"
"""Signs that are read as a hyphen, for a class of a pattern."""
APART: Final = rf"[\s()./{DASH}]"
ADDRESS: Final = re.compile(
    r"(?<![\w+.-])[a-z][a-z0-9+.-]{0,20}:[^\s\"'<>]{1,2048}"  # https://, mailto:, s3://
    r"|(?<![\w.+-])[\w.+-]{1,64}@[\w.-]{1,255}"
    r"|@\w[\w.]{1,63}"
    r"|(?<![\w.-])(?:[\w-]{1,63}[.\u3002\uff0e]){1,8}(?:xn--[a-z0-9-]{1,59}|[^\W\d_]{2,24})"
    r"(?:/[^\s\"'<>]{0,2048})?(?![\w-])"
    r"|(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])"
    rf"|(?<!\d)(?:\+{APART}?\d|\({APART}?\+?\d|0)(?:{APART}{{0,3}}\d){{6,30}}"  # telephones
    rf"|(?<!\d)\d{{3}}{APART}{{1,3}}\d{{3}}{APART}{{1,3}}\d{{4}}(?!\d)"
    rf"|\+?\d(?:{APART}?\d){{6,30}}",
    re.IGNORECASE,
)
"""What leads somewhere: an address of the web, of mail, an account, a telephone."""
SHORT: Final = re.compile(
    r"(?<!\w)(?:text|sms|send|sende|senden|schick\w*|envoie|envoyez|envía|envia|manda|mande)(?!\w)"
    r"[^\n]{0,60}?(?<![\w.,])(\d{5,6})(?![\w.,]?\d)",
    re.IGNORECASE,
)
"""A number of few digits, to which a message is to be sent."""
UNSEEN: Final = frozenset({"Cf", "Mn"})
"""Kinds of letters that nobody sees, or that are nothing by themselves."""
FILLERS: Final = frozenset("\u115f\u1160\u3164\uffa0")
"""Letters by their kind, and seen by nobody."""
BLANK: Final = "\u2800"
POINTS: Final = "·•\u2219\u22c5\u2027\u2e31\u2e33\ua4f8\u0701\u0702\u06d4\u16eb\u30fb"
"""What looks like a point, and is none."""
ENDS_OF_NAMES: Final = (
    "com|net|org|info|biz|app|dev|shop|store|online|site|xyz|top|club|live|link|click|page|cloud|"
    "pro|vip|tech|website|space|zip|mov|example|test|io|co|ai|gg|tv|cc|ly|me|to|de|at|ch|fr|es|it|"
    "nl|be|eu|uk|us|ca|au|jp|cn|kr|ru|in|br|mx|pl|se|no|dk|fi|pt|gr|ua|tr|xn--[a-z0-9-]+"
)
"""After what is no point for sure: `Coffee·Bar` is no address."""
WRITTEN: Final = tuple(
    re.compile(each, re.IGNORECASE)
    for each in (
        r"\s{0,3}[\[({]\s{0,3}(?:\.|dot|punkt|point|punto)\s{0,3}[\])}]\s{0,3}",
        rf"(?<=\w)[{POINTS}](?=(?:{ENDS_OF_NAMES})(?![\w-]))",
        rf"(?<=\w)\s{{1,3}}\.\s{{0,3}}(?=(?:{ENDS_OF_NAMES})(?![\w-]))",
        rf"(?<=\w)\s{{1,3}}(?:[{POINTS}]|dot|punkt|point|punto)\s{{1,3}}(?=(?:com|net|org)(?![\w-]))",
    )
)
"""Points of addresses, as they are written to get past somebody who looks for points."""
ENDS: Final = ".,;:!?)]}>…。、"


def addresses_in(text: str) -> set[str]:
    """Return what in a text leads somewhere.

    >>> sorted(addresses_in("See https://a.example/x, write to me@b.example or call 030 1234567!"))
    ['030 1234567', 'https://a.example/x', 'me@b.example']
    >>> addresses_in("Only 9.99 today: 50 % off. Note: size 10/12")
    set()
    >>> addresses_in("See evil [.] com"), addresses_in("Text STOP to 84433")
    ({'evil.com'}, {'84433'})
    """
    plain = _read(text)
    found = {found[0].rstrip(ENDS) for found in ADDRESS.finditer(plain)}
    return found | {found[1] for found in SHORT.finditer(plain)}


def _read(text: str) -> str:
    """Return a text as it is read: without what nobody sees, with points for what is read so."""
    seen = unicodedata.normalize("NFKC", text).replace(BLANK, " ")
    plain = "".join(each for each in seen if not _is_unseen(each))
    for written in WRITTEN:
        plain = written.sub(".", plain)
    return plain


def _is_unseen(letter: str) -> bool:
    return letter in FILLERS or unicodedata.category(letter) in UNSEEN
