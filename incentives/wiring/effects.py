"""The kinds of effects a rule may have (incentives.effects)."""

from django.utils.translation import gettext_lazy as _

from incentives.effects import Effect, checks, effect_kinds
from incentives.services import duties, issuing, ledger, marks, talks, warnings

RANGE = ("amount", "least", "most")


def register():
    kinds = {
        "points": Effect(
            _("points"), checks.check_points, carry_out=ledger.add_points, is_graded=True, fields=RANGE
        ),
        "money": Effect(
            _("money"),
            checks.check_money,
            carry_out=ledger.add_money,
            is_graded=True,
            fields=(*RANGE, "class"),
        ),
        "team_fund": Effect(
            _("team fund"),
            checks.check_team_fund,
            carry_out=duties.pay_team_fund,
            undo=duties.call_off_duties,
            is_graded=True,
            fields=(*RANGE, "days"),
        ),
        "commendation_notice": Effect(
            _("commendation notice"), checks.check_praise, carry_out=issuing.publish_commendation
        ),
        "certificate": Effect(
            _("certificate"), checks.check_certificate, carry_out=issuing.award_certificate
        ),
        "priority": Effect(
            _("priority in promotion and pay"),
            checks.check_priority,
            carry_out=marks.set_priority,
            undo=marks.lift_marks,
            fields=("months",),
        ),
        "warning": Effect(
            _("warning"),
            checks.check_warning,
            carry_out=warnings.give_warning,
            undo=warnings.lift_warnings,
            fields=("level", "months", "next_months"),
        ),
        "admonishing_talk": Effect(
            _("admonishing talk"), checks.check_talk, carry_out=talks.schedule, undo=talks.call_off
        ),
        "written_explanation": Effect(
            _("written explanation to the group"),
            checks.check_explanation,
            carry_out=duties.ask_explanation,
            undo=duties.call_off_duties,
            fields=("days",),
        ),
        "training": Effect(
            _("training"),
            checks.check_training,
            carry_out=duties.order_training,
            undo=duties.call_off_duties,
            fields=("days",),
        ),
        "recommend": Effect(
            _("demotion or dismissal recommended"),
            checks.check_recommend,
            carry_out=marks.recommend,
            undo=marks.lift_marks,
            fields=("what",),
        ),
    }
    for place, (name, kind) in enumerate(kinds.items()):
        effect_kinds.register(name, kind, order=place)
