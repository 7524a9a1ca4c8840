"""One POST to a server outside: short, without redirects, past the proxies of the environment, to an address that was
looked at. The name is resolved once and the connection goes to just that address, so that it cannot change between
the look and the call.
"""

import ipaddress
import logging
import socket
import time
from dataclasses import dataclass

import httpx

from notifications.channels.failures import NotDelivered

TIMEOUT = httpx.Timeout(8, connect=4)
LONGEST = 15  # seconds for all of it: a server that drips its answer ends too
LARGEST = 64 * 1024
NEVER_BEGUN = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
logging.getLogger("httpx").setLevel(
    logging.WARNING
)  # it would write whole addresses, keys included, into the log


@dataclass(frozen=True)
class Answer:
    status: int
    retry_after: str
    text: str


def post(url, *, content, headers, may_be_private):
    """POST bytes; the beginning of the answer. NotDelivered when there was none."""
    try:
        target = httpx.URL(url)
        address = _address_of(target.host, may_be_private)
        return _exchange(target, address, content, headers)
    except NEVER_BEGUN as broken:
        raise NotDelivered(f"{type(broken).__name__}: {broken}"[:200]) from broken
    except httpx.HTTPError as broken:
        raise NotDelivered(f"{type(broken).__name__}: {broken}"[:200], is_unclear=True) from broken
    except (httpx.InvalidURL, UnicodeError) as broken:
        raise NotDelivered("not an address", is_final=True) from broken


def _exchange(target, address, content, headers):
    began, text = time.monotonic(), b""
    request = {
        "url": target.copy_with(host=address),
        "content": content,
        "headers": {**headers, "Host": target.netloc.decode("ascii"), "Accept-Encoding": "identity"},
        "extensions": {"sni_hostname": target.host},
    }
    with (
        httpx.Client(trust_env=False, follow_redirects=False, timeout=TIMEOUT) as client,
        client.stream("POST", **request) as response,
    ):
        for piece in response.iter_raw():
            text += piece
            if time.monotonic() - began > LONGEST:
                raise NotDelivered("the answer took too long", is_unclear=True)
            if len(text) >= LARGEST:
                break
        words = text[:LARGEST].decode("utf-8", "replace")
        return Answer(response.status_code, response.headers.get("Retry-After", ""), words)


def _address_of(host, may_be_private):
    """One IP address of the host; refused when any of them leads into a private network."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError as broken:
        raise NotDelivered("the name of the server is not known") from broken
    addresses = [ipaddress.ip_address(entry[4][0].split("%")[0]) for entry in found]
    if not may_be_private and not all(_is_public(one) for one in addresses):
        raise NotDelivered("the address leads into a private network", is_final=True)
    return str(min(addresses, key=lambda one: one.version))


def _is_public(address):
    plain = getattr(address, "ipv4_mapped", None) or address
    return plain.is_global and not plain.is_multicast
