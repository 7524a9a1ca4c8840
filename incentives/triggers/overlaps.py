"""Rules of a book that would reward or punish the same thing twice: shown before it is published."""

from itertools import combinations

from django.utils.translation import gettext as _

from incentives.triggers.base import build


def overlaps(rules):
    """Sentences, one per pair of active rules of one direction that one incident can set off both.

    `rules` have code, direction, trigger, params and is_active; unsaved Rule rows do. ValueError as `build`.
    """
    return [_sentence(one, other) for one, other in combinations(rules, 2) if _overlap(one, other)]


def _overlap(one, other):
    if not (one.is_active and other.is_active):
        return False
    if (one.direction, one.trigger) != (other.direction, other.trigger):
        return False
    return build(one.trigger, one.params).overlaps(build(other.trigger, other.params))


def _sentence(one, other):
    codes = {"one": one.code, "other": other.code}
    if one.direction == "penalty":
        return _("Rules %(one)s and %(other)s can punish one incident twice. Narrow one of them.") % codes
    return _("Rules %(one)s and %(other)s can reward the same thing twice. Narrow one of them.") % codes
