"""Which addresses are on the public network.  A table, because `ipaddress` of our Python knows too little."""

import ipaddress

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_CLOSED_4 = (
    "0.0.0.0/8",  # this machine
    "10.0.0.0/8",
    "100.64.0.0/10",  # behind a carrier's translation, and some clouds' metadata
    "127.0.0.0/8",
    "168.63.129.16/32",  # public by number, but it is one cloud's host beneath the machine
    "169.254.0.0/16",  # link-local, and most clouds' metadata
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.31.196.0/24",
    "192.52.193.0/24",
    "192.88.99.0/24",  # relays of 6to4
    "192.168.0.0/16",
    "192.175.48.0/24",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",  # multicast
    "240.0.0.0/4",
)
_OPEN_6 = "2000::/3"  # the only part that is given out; mapped, NAT64, unique local, fec0:: lie outside
_CLOSED_6 = (
    "2001::/23",  # Teredo, benchmarks, ORCHID
    "2001:db8::/32",
    "2002::/16",  # 6to4: an IPv4 address in disguise
    "2620:4f:8000::/48",
    "3fff::/20",
)
CLOSED_4 = tuple(ipaddress.IPv4Network(network) for network in _CLOSED_4)
OPEN_6 = ipaddress.IPv6Network(_OPEN_6)
CLOSED_6 = tuple(ipaddress.IPv6Network(network) for network in _CLOSED_6)


def is_public(address: IPAddress) -> bool:
    """Whether anybody may reach the address: not private, special or translated, as far as numbers tell."""
    if isinstance(address, ipaddress.IPv4Address):
        closed = any(address in network for network in CLOSED_4)
    else:
        closed = address not in OPEN_6 or any(address in network for network in CLOSED_6)
    return not closed and address.is_global and not address.is_multicast
