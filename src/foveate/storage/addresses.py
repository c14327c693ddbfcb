"""Which addresses belong to the public internet."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

NOT_PUBLIC_4: Final = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this host
            "10.0.0.0/8",  # private
            "100.64.0.0/10",  # carrier-grade NAT
            "127.0.0.0/8",  # loopback
            "168.63.129.16/32",  # a cloud's metadata, though the range is public
            "169.254.0.0/16",  # link-local, most clouds' metadata
            "172.16.0.0/12",  # private
            "192.0.0.0/24",  # protocol assignments
            "192.0.2.0/24",  # documentation
            "192.88.99.0/24",  # 6to4 relays
            "192.168.0.0/16",  # private
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, broadcast
        ),
    )
)

GLOBAL_6: Final = IPv6Network("2000::/3")
"""All of IPv6 that is assigned to the public so far; loopback, ULA and the like lie outside."""

NOT_PUBLIC_6: Final = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # protocol assignments; Teredo is judged by what it embeds
            "2001:db8::/32",  # documentation
            "3fff::/20",  # documentation
        ),
    )
)

LAST_32_BITS: Final = tuple(
    map(
        IPv6Network,
        (
            "::/96",  # IPv4-compatible
            "::ffff:0:0/96",  # IPv4-mapped
            "::ffff:0:0:0/96",  # IPv4-translated
            "64:ff9b::/96",  # NAT64
        ),
    )
)
"""Prefixes that carry an IPv4 address in their last 32 bits."""

ISATAP: Final = frozenset({0x00005EFE, 0x02005EFE})
"""The bits before the last 32 that mark an ISATAP interface, under any prefix."""


def is_public(address: str | IPv4Address | IPv6Address) -> bool:
    """Tell whether a stranger's URL may make us call this address.

    An IPv6 address that embeds IPv4 addresses is as public as the least public of them.
    Raises ValueError for what is no address.
    """
    parsed = ip_address(address) if isinstance(address, str) else address
    if isinstance(parsed, IPv4Address):
        return not any(parsed in network for network in NOT_PUBLIC_4)
    if parsed.scope_id is not None:
        return False
    embedded = _embedded(parsed)
    if not all(is_public(inner) for inner in embedded):
        return False
    if embedded and not _is_isatap(parsed):
        return True
    return parsed in GLOBAL_6 and not any(parsed in network for network in NOT_PUBLIC_6)


def _embedded(address: IPv6Address) -> tuple[IPv4Address, ...]:
    """Return the IPv4 addresses that packets to this address may end up at."""
    if address.sixtofour is not None:
        return (address.sixtofour,)
    if address.teredo is not None:
        return address.teredo
    if _is_isatap(address) or any(address in prefix for prefix in LAST_32_BITS):
        return (IPv4Address(int(address) & 0xFFFF_FFFF),)
    return ()


def _is_isatap(address: IPv6Address) -> bool:
    return int(address) >> 32 & 0xFFFF_FFFF in ISATAP
