"""What a page asks again and again is asked once: answers kept while one page is read, never longer.

Which rules are in force, who stands where: the frame and every part of a page ask it anew. A page is read by GET, and
nothing is written on GET, so within it no answer grows old by what this process does; the next page asks anew, in
whatever process. Verbs, jobs and the tick never remember: they always ask the database.
"""

from contextlib import contextmanager
from contextvars import ContextVar

_kept = ContextVar("kept while a page is read", default=None)


@contextmanager
def one_page():
    """While this lasts, `remembered` keeps what it is told; what was kept before is not seen."""
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def is_one_page():
    """Is it worth reading more than was asked, because a page will ask again?"""
    return _kept.get() is not None


def is_remembered(key):
    """Was this asked already on the page being read?"""
    return key in (_kept.get() or {})


def remembered(key, ask):
    """`ask()`, once for this key while a page is read; outside of a page each time. `key` names the question.

    Whoever gets the answer shares it with the rest of the page and does not change it.
    """
    kept = _kept.get()
    if kept is None:
        return ask()
    if key not in kept:
        kept[key] = ask()
    return kept[key]
