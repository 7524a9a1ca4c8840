"""What every trigger keeps to: parameters, hits, roles; at a close or on a fact."""

import datetime as dt
from dataclasses import fields
from typing import NamedTuple

from django.utils.translation import gettext as _

from core.registries import Registry
from incentives.rules import ROLES
from policies.selectors import section, section_of

#: name ("rank_streak") -> class with `from_params(params)`; see Trigger
triggers = Registry()
#: name ("coverage") -> callable(close) -> JSON: what a trigger reads and no close has stored; frozen with the close
close_inputs = Registry()


class Hit(NamedTuple):
    """A literal hit: whom, as what, where they worked, what set it off, on what it rests, whether chance explains it.

    `incident` names the one happening behind it; of hits on the same one a person bears one penalty. `verified_at` is
    the moment of a fact; a hit of a close has none. A rule that touches the head names the day as `head_on`, and no
    `employee_id` where nobody headed the unit then.
    """

    employee_id: int | None
    department_id: int
    occurrence: str
    evidence: dict
    is_distinguishable: bool
    role: str = "employee"
    incident: str = ""
    verified_at: dt.datetime | None = None
    head_on: dt.date | None = None


class Trigger:
    """A frozen dataclass of its parameters.

    `close_kind` is the kind of close that it runs at, with `hits(rule, close, used, reads=None)`: `used` maps a
    person's id or a unit's code to the last period (its number) that already had its effect; `reads` is a dict in
    which the rules of one close keep for each other what they have read. Without a kind it rests on single facts:
    `hits_between(rule, since, until)`, aware datetimes, the end left out. `roles` are those in which it touches people;
    `inputs` the names in `close_inputs` that it reads.
    """

    close_kind = ""
    roles = ("employee",)
    inputs = ()

    @classmethod
    def from_params(cls, params):
        known = {field.name for field in fields(cls)}
        if unknown := set(params) - known:
            raise ValueError(_("unknown parameter “%(name)s”") % {"name": sorted(unknown)[0]})
        try:
            made = cls(**{name: _frozen(value) for name, value in params.items()})
        except TypeError:
            raise ValueError(
                _("the parameters are: %(names)s") % {"names": ", ".join(field.name for field in fields(cls))}
            ) from None
        made.check()
        return made

    def check(self):
        """ValueError with a sentence when the parameters make no sense."""

    def overlaps(self, other):
        """Whether one incident can set off both; `other` is of the same class."""
        return self == other


def _frozen(value):
    return tuple(value) if isinstance(value, list) else value


def build(name, params):
    """The trigger with its parameters; ValueError with a sentence for an unknown name or wrong parameters."""
    kind = triggers.get(name)
    if kind is None:
        raise ValueError(_("unknown trigger “%(name)s”") % {"name": name})
    return kind.from_params(params)


def check_roles(trigger, effects):
    """ValueError when an effect is for nobody whom the trigger touches, or leaves open whom of several it is for."""
    for spec in effects:
        to = spec.get("to")
        if to is not None and ROLES.get(to) not in trigger.roles:
            raise ValueError(_("the trigger touches nobody as “%(to)s”") % {"to": to})
        if to is None and len(trigger.roles) > 1:
            raise ValueError(_("each effect says to whom: members or head"))


def check_whole(value, name, *, least, most):
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ValueError(
            _("%(name)s must be a whole number from %(least)s to %(most)s")
            % {"name": name, "least": least, "most": most}
        )


def check_share(value, name):
    """A share in basis points, 1 to 10,000."""
    check_whole(value, name, least=1, most=10_000)


def check_choice(value, name, known):
    """One or several of the known codes."""
    chosen = value if isinstance(value, tuple) else (value,)
    if not chosen or not set(chosen) <= set(known):
        raise ValueError(
            _("%(name)s must be of: %(known)s") % {"name": name, "known": ", ".join(map(str, known))}
        )


def rule_evidence(rule):
    """Which rule of which version: frozen with every case."""
    return {
        "code": rule.code,
        "version": rule.version.label,
        "clause": rule.clause.number,
        "params": rule.params,
    }


def setting(version, name, day, *, otherwise=None):
    """A section of the rule's own book, else of the book that has it on that day: of a close, its last counted one.

    Where no book has it, `otherwise`.
    """
    if name in version.content:
        return section_of(version, name)
    return section(version.company, name, day, otherwise=otherwise)
