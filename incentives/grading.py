"""What a rule gives the person of one case: the effects for their role, and their share where several share."""

from core.period import SHANGHAI
from incentives.caps import WHOLE, split
from incentives.models import Case, Warning
from incentives.rules import effects_for

RANGE = ("amount", "least", "most")


def specs_of(case):
    """The rule's effects that touch this person, with their ranges.

    Where the evidence names a share of a whole (`share_bp`, of 10,000), money is that share of the rule's; the parts
    of all who share make up the whole to the fen. Points and documents are not divided.
    """
    specs = [_on_the_ladder(spec, case) for spec in effects_for(case.rule.effects, case.role)]
    share = case.evidence.get("share_bp", WHOLE)
    if share == WHOLE or not any(spec["kind"] == "money" for spec in specs):
        return specs
    return divided(specs, _shares(case), case.employee_id)


def divided(specs, shares, employee_id):
    """The effects of one of those who share: {employee id: share in basis points}."""
    return [_part_of(spec, shares, employee_id) if spec["kind"] == "money" else spec for spec in specs]


def _shares(case):
    """{employee id: share} of everybody whom the same fact touches."""
    same = Case.objects.filter(
        company_id=case.company_id, rule_code=case.rule_code, occurrence=case.occurrence
    )
    found = dict(same.values_list("employee_id", "evidence__share_bp"))
    return {key: share for key, share in found.items() if share} | {
        case.employee_id: case.evidence["share_bp"]
    }


def _part_of(spec, shares, employee_id):
    parts = {name: split(spec[name], shares)[employee_id] for name in RANGE}
    return spec | parts


def _on_the_ladder(spec, case):
    """An oral warning as the rule gives it, or the written one for `next_months` after an earlier warning."""
    if "next_months" not in spec:
        return spec
    months = spec["next_months"]
    first = {name: value for name, value in spec.items() if name != "next_months"}
    return first | {"level": "written", "months": months} if was_warned(case) else first


def is_next_step(decision):
    """Whether its warning is written only because an earlier one counted."""
    has_ladder = any("next_months" in spec for spec in decision.rule.effects)
    return has_ladder and any(effect.get("level") == "written" for effect in decision.effects)


def was_warned(case):
    """Whether a warning counted against the person on the day the case was found."""
    if not hasattr(case, "earlier_warning"):
        load_warned([case])
    return case.earlier_warning


def load_warned(cases):
    """The same for many cases in one query, kept on each; none where no rule has a ladder."""
    cases = [case for case in cases if any("next_months" in spec for spec in case.rule.effects)]
    if not cases:
        return
    counting = Warning.objects.filter(employee__in={case.employee_id for case in cases}, lifted_at=None)
    given = list(counting.values_list("employee", "given_at", "expires_on"))
    for case in cases:
        day = case.found_at.astimezone(SHANGHAI).date()
        case.earlier_warning = any(
            employee_id == case.employee_id and given_at < case.found_at and day <= expires_on
            for employee_id, given_at, expires_on in given
        )


def needs_proven_loss(specs):
    return any(spec.get("class") == "loss_compensation" for spec in specs)
