from __future__ import annotations

import pytest

from foveate.design.assistant.addresses import addresses_in

LEADS = {
    "Visit evil\u2069.com": "evil.com",
    "Visit evil\u034f.com": "evil.com",
    "Visit evil\ufe0f.com": "evil.com",
    "Visit evil\u061c.com": "evil.com",
    "Visit evil.\u202dcom": "evil.com",
    "Visit evil\u3164.com": "evil.com",
    "Visit evil.\U000e0101com": "evil.com",
    "Visit evil.c\u0308om": "evil.com",
    "Visit evil\u202f.com": "evil.com",
    "Visit evil\u2800.com": "evil.com",
    "Visit evil . com": "evil.com",
    "Visit evil[.]com": "evil.com",
    "Visit evil (dot) com": "evil.com",
    "Visit evil dot com": "evil.com",
    "Visit evil·com": "evil.com",
    "Visit evil • com": "evil.com",
    "Visit evil\ua4f8com": "evil.com",
    "Visit evil·co·uk/x": "evil.co.uk/x",
    "Visit evil.xn--p1ai": "evil.xn--p1ai",
    "Call 030 \u2013 123456": "030 \u2013 123456",
    "Call +49 (0)30 / 123 456": "+49 (0)30 / 123 456",
    "Call 030\u2011123\u2011456\u20117": "030\u2010123\u2010456\u20107",
    "Call 0-3-0--1-2-3-4-5-6": "0-3-0--1-2-3-4-5-6",
    "Call 800 - 555 - 0199": "800 - 555 - 0199",
    "Call (212) 555 — 0199": "(212) 555 — 0199",
    "Text STOP to 84433": "84433",
    "Sende STOP an 84433!": "84433",
}


@pytest.mark.parametrize(("text", "address"), LEADS.items(), ids=map(ascii, LEADS))
def test_what_leads_somewhere_is_known_however_it_is_written(text: str, address: str) -> None:
    assert addresses_in(text) == {address}


@pytest.mark.parametrize(
    "text",
    [
        "Summer sale. Come in now",
        "Berlin · Hamburg · Paris",
        "Coffee·Bar",
        "Una col·lecció paral·lela",
        "19.99 € \u2013 29.99 €, 2026 \u2013 2027",
        "Größen 36 / 38 / 40 / 42",
        "10115 Berlin, 9:00 \u2013 18:00",
        "Prix max. de 10 €",
        "Send us 100 wishes by 2026",
        "कल से सेल शुरू है",
        "ลดราคาฤดูร้อน",
    ],
)
def test_what_only_looks_like_it_leads_nowhere(text: str) -> None:
    assert addresses_in(text) == set()
