from __future__ import annotations

import pytest

from foveate.storage.addresses import is_public


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "1.1.1.1",
        "100.63.255.255",
        "100.128.0.0",
        "172.15.0.1",
        "172.32.0.1",
        "192.167.255.255",
        "223.255.255.255",
        "2606:4700::1111",
        "2a00:1450::1",
        "::ffff:8.8.8.8",
        "64:ff9b::8.8.8.8",
        "2002:808:808::1",
    ],
)
def test_public_addresses_may_be_called(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",  # noqa: S104 - judged, not bound
        "0.1.2.3",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.0",
        "100.127.255.255",
        "100.100.100.200",
        "127.0.0.1",
        "127.255.255.254",
        "168.63.129.16",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
    ],
)
def test_no_ipv4_address_that_is_not_public_hides_in_any_spelling(address: str) -> None:
    high, low = int.from_bytes(bytes(map(int, address.split(".")))).__divmod__(0x10000)
    inverted = f"{high ^ 0xFFFF:x}:{low ^ 0xFFFF:x}"
    spellings = [
        address,
        f"::ffff:{address}",  # mapped
        f"::{high:x}:{low:x}",  # compatible
        f"::ffff:0:{address}",  # translated
        f"64:ff9b::{address}",  # NAT64
        f"2002:{high:x}:{low:x}::1",  # 6to4
        f"2001:0:808:808:0:0:{inverted}",  # Teredo client
        f"2001:0:{high:x}:{low:x}:0:0:f7f7:f7f7",  # Teredo server
        f"2606:4700::5efe:{address}",  # ISATAP
        f"2606:4700::200:5efe:{address}",  # ISATAP, globally unique
    ]
    assert [spelling for spelling in spellings if is_public(spelling)] == []


@pytest.mark.parametrize(
    "address",
    [
        "::",
        "::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "2606:4700::1%eth0",
        "fec0::1",
        "ff02::1",
        "100::1",
        "64:ff9b:1::1",
        "2001:db8::1",
        "2001:10::1",
        "2001:20::1",
        "3fff::1",
        "5f00::1",
        "4000::1",
    ],
)
def test_ipv6_addresses_outside_the_public_internet_are_refused(address: str) -> None:
    assert not is_public(address)


def test_what_is_no_address_is_an_error() -> None:
    with pytest.raises(ValueError, match="does not appear"):
        is_public("localhost")
