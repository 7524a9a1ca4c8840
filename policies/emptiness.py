"""Settings that may be empty: which they are, what that means, and where they stand in their form."""

from django.utils.translation import gettext_lazy as _

from policies import rules

#: settings that a book may leave out or a draft may empty -> what that means
EMPTY = {
    "limits.points_cap": _("no cap"),
    "limits.points_floor": _("no floor"),
    "limits.money_cap_fen": _("no cap"),
    "limits.money_floor_fen": _("no cap"),
    "limits.carry_months": _("until all of it is counted"),
    "limits.batch_points": _("never"),
    "limits.batch_fen": _("never"),
}


def empty_text(path):
    """What it means that this setting is empty; '' for one that may not be."""
    return str(EMPTY.get(".".join(path), ""))


def place_of(path):
    """Where a setting that may be empty stands in its form, filled in or not; the others come first."""
    name = ".".join(path)
    return list(EMPTY).index(name) if name in EMPTY else -1


def left_out(content, section):
    """The settings of a section that it may have and has not, as empty ones."""
    names = [name.split(".") for name in EMPTY if name.startswith(f"{section}.")]
    present = content.get(section, {})
    return [rules.Setting(tuple(path), None, "") for path in names if path[1] not in present]
