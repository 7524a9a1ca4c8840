"""Adds this room to what lower rooms run."""

from improvements.wiring import suggestions


def register():
    suggestions.register()
