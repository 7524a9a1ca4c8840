"""The hash of a link: canonical JSON of the row, chained to the hash before it."""

import hashlib
import json


def link_hash(previous_hash, row):
    """SHA-256 over the previous hash and the row's values in a fixed order; `row` is a dict of plain values."""
    text = json.dumps(row, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{previous_hash}\n{text}".encode()).hexdigest()
