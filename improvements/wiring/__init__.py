"""Adds this room to what lower rooms run."""

from improvements.wiring import inspections


def register():
    inspections.register()
