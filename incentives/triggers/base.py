from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.registries import Registry

#: name ("rank_streak") -> class with `from_params(params)` and `hits(rule, close, used)`
triggers = Registry()


@dataclass(frozen=True)
class Hit:
    """A literal hit: whom, where they worked, what set it off, on what it rests, and whether chance explains it."""

    employee_id: int
    department_id: int
    occurrence: str
    evidence: dict
    is_distinguishable: bool


def build(name, params):
    """The trigger with its parameters; ValueError with a sentence for an unknown name or wrong parameters."""
    kind = triggers.get(name)
    if kind is None:
        raise ValueError(_("unknown trigger “%(name)s”") % {"name": name})
    return kind.from_params(params)
