"""The section `customers` of a policy: stages of owners, types of home, subjects of preferences. All may be absent."""

import re
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.flow import Refused
from core.registries import policy_readers
from customers.rules import HOLDS, MOVED_IN

CODE = re.compile(r"^[a-z][a-z0-9_-]{0,39}$")


@dataclass(frozen=True)
class Named:
    """Something of a closed list with a name in both languages."""

    code: str
    name: str
    name_en: str = ""

    def __str__(self):
        return (self.name_en if get_language() == "en" else "") or self.name


@dataclass(frozen=True)
class Stage(Named):
    """`holds` is one of rules.HOLDS; with `below_years` only until that many years after moving in."""

    holds: str = ""
    below_years: int | None = None


@dataclass(frozen=True)
class CustomerRules:
    """Empty tuples where the policy says nothing: then there are owners and prospects, and no closed lists."""

    stages: tuple = ()
    home_types: tuple = ()
    preferences: tuple = ()

    def stage(self, code):
        return _find(self.stages, code)

    def home_type(self, code):
        return _find(self.home_types, code)

    def topic(self, code):
        return _find(self.preferences, code)


def _find(entries, code):
    return next((entry for entry in entries if entry.code == code), None)


def parse_customers(raw):
    """[customers] → CustomerRules; ValueError with a sentence when it is wrong."""
    stages = _list(raw, "stages", Stage)
    _check_stages(stages)
    return CustomerRules(stages, _list(raw, "home_types", Named), _list(raw, "preferences", Named))


def _list(raw, name, kind):
    found = []
    for entry in raw.get(name, ()):
        if not CODE.match(str(entry.get("code", ""))) or not entry.get("name"):
            raise ValueError(
                _("each entry of %(name)s needs a code in small letters and a name.") % {"name": name}
            )
        try:
            found.append(kind(**entry))
        except TypeError as wrong:
            raise ValueError(f"{name}: {wrong}") from wrong
    if len({entry.code for entry in found}) != len(found):
        raise ValueError(_("%(name)s holds a code twice.") % {"name": name})
    return tuple(found)


def _check_stages(stages):
    """Each stage must be reachable: years rise, and the one without an end comes last of those who moved in."""
    for stage in stages:
        if stage.holds not in HOLDS:
            raise ValueError(
                _("stage “%(code)s”: holds must be one of %(known)s.")
                % {"code": stage.code, "known": ", ".join(HOLDS)}
            )
    plain = [stage for stage in stages if stage.holds != MOVED_IN]
    if len({stage.holds for stage in plain}) != len(plain):
        raise ValueError(_("two stages hold for the same."))
    years = [stage.below_years for stage in stages if stage.holds == MOVED_IN]
    bounds = years[:-1] if years and years[-1] is None else years
    is_rising = all(_is_whole(bound) for bound in bounds) and bounds == sorted(set(bounds))
    if not is_rising or any(stage.below_years is not None for stage in plain):
        raise ValueError(_("below_years must be whole numbers that rise from stage to stage."))


def _is_whole(number):
    return isinstance(number, int) and not isinstance(number, bool) and number >= 1


def rules_of(company, day):
    """What holds for the company's customers on that day; empty lists where no policy says."""
    try:
        return policy_readers["policies"](company, "customers", day)
    except Refused:
        return CustomerRules()
