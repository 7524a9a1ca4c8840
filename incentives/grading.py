"""What a rule gives the person of one case: the effects for their role, and their share where several share."""

from incentives.caps import WHOLE, split
from incentives.models import Case
from incentives.rules import effects_for

RANGE = ("amount", "least", "most")


def specs_of(case):
    """The rule's effects that touch this person, with their ranges.

    Where the evidence names a share of a whole (`share_bp`, of 10,000), money is that share of the rule's; the parts
    of all who share make up the whole to the fen. Points and documents are not divided.
    """
    specs = effects_for(case.rule.effects, case.role)
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


def needs_proven_loss(specs):
    return any(spec.get("class") == "loss_compensation" for spec in specs)
