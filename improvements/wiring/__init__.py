"""Adds this room to what lower rooms run."""


def register():
    pass
