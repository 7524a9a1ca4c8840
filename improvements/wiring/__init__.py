"""Adds this room to what lower rooms run."""

from improvements.wiring import inspections, suggestions


def register():
    inspections.register()
    suggestions.register()
