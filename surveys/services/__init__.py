"""The verbs of this room, by noun; what other rooms call stands here too."""

from surveys.services.exclusions import exclude
from surveys.services.filling import submit

__all__ = ["exclude", "submit"]
