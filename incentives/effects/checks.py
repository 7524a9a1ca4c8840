"""What a rule may say of each kind. Each check takes (spec, direction) and raises ValueError with a sentence."""

from django.utils.translation import gettext as _

from incentives.policy import MONEY_CLASSES

LEVELS = ("oral", "written")
RECOMMENDATIONS = ("demotion", "dismissal")
#: beyond these a number is a slip of the hand: points or yuan, working days, months
MOST, MOST_DAYS, MOST_MONTHS = 1_000_000, 366, 120
FEN = 100


def check_points(spec, direction):
    """−3 … −3: whole points, the amount inside its range, the sign as the direction says."""
    low, amount, high = (spec.get(name) for name in ("least", "amount", "most"))
    if not all(_is_whole(value) for value in (low, amount, high)):
        raise ValueError(_("points need whole numbers amount, least and most"))
    _check_size(low, amount, high, most=MOST)
    if not min(low, high) <= amount <= max(low, high):
        raise ValueError(_("the amount of points lies outside least and most"))
    if any(value == 0 or (value > 0) != (direction == "reward") for value in (low, amount, high)):
        raise ValueError(_("rewards add points, penalties take them"))


def check_money(spec, direction):
    """Whole fen inside their range; a class only for what is taken."""
    low, amount, high = (spec.get(name) for name in ("least", "amount", "most"))
    if not all(_is_whole(value) for value in (low, amount, high)):
        raise ValueError(_("money needs whole fen amount, least and most"))
    _check_size(low, amount, high, most=MOST * FEN)
    if not min(low, high) <= amount <= max(low, high):
        raise ValueError(_("the amount of money lies outside least and most"))
    if any(value == 0 or (value > 0) != (direction == "reward") for value in (low, amount, high)):
        raise ValueError(_("rewards pay money, penalties take it"))
    if "class" in spec and (direction == "reward" or spec["class"] not in MONEY_CLASSES):
        known = ", ".join(MONEY_CLASSES)
        raise ValueError(_("the class of money taken is one of %(known)s") % {"known": known})


def check_team_fund(spec, direction):
    """Money for the department, to be accounted for within so many working days."""
    check_money({name: value for name, value in spec.items() if name != "class"}, direction)
    check_praise(spec, direction)
    _check_days(spec)


def check_praise(spec, direction):
    if direction != "reward":
        raise ValueError(_("only rewards are published: a penalty is nobody else's business"))


def check_certificate(spec, direction):
    if direction != "reward":
        raise ValueError(_("a certificate is given for a reward"))


def check_priority(spec, direction):
    if direction != "reward":
        raise ValueError(_("priority in promotion is a reward"))
    _check_months(spec)


def check_talk(spec, direction):
    if direction != "penalty":
        raise ValueError(_("an admonishing talk follows a penalty"))


def check_warning(spec, direction):
    if direction != "penalty":
        raise ValueError(_("a warning is a penalty"))
    if spec.get("level") not in LEVELS:
        raise ValueError(_("a warning is oral or written"))
    _check_months(spec)
    if "next_months" in spec:
        _check_next_step(spec)


def _check_next_step(spec):
    """An oral warning may say for how long the written one counts that follows a further breach."""
    if spec["level"] != "oral" or not _is_whole(spec["next_months"]) or spec["next_months"] < 1:
        raise ValueError(_("only an oral warning has a next step, in a whole number of months, at least 1"))


def check_explanation(spec, direction):
    if direction != "penalty":
        raise ValueError(_("a written explanation follows a penalty"))
    _check_days(spec)


def check_training(spec, direction):
    _check_days(spec)


def check_recommend(spec, direction):
    if direction != "penalty" or spec.get("what") not in RECOMMENDATIONS:
        raise ValueError(_("what a penalty may recommend is demotion or dismissal"))


def _check_days(spec):
    if not _is_whole(spec.get("days")) or not 1 <= spec["days"] <= MOST_DAYS:
        raise ValueError(
            _("it needs days, a whole number of working days from 1 to %(most)s") % {"most": MOST_DAYS}
        )


def _check_months(spec):
    if not _is_whole(spec.get("months")) or not 1 <= spec["months"] <= MOST_MONTHS:
        raise ValueError(_("it needs months, a whole number from 1 to %(most)s") % {"most": MOST_MONTHS})


def _check_size(*values, most):
    if any(abs(value) > most for value in values):
        raise ValueError(_("this is more than %(most)s; look for a slip of the hand") % {"most": MOST})


def _is_whole(value):
    return isinstance(value, int) and not isinstance(value, bool)
