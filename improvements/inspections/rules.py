"""Who may inspect, verify and confirm, and how a checklist is scored: plain values in, plain values or sentences out.

People are employee ids, `line` the ids of everybody in the inspected department's line: who works in it or below it,
and who heads it or what stands above it. A function `hindrance_to_…` gives the sentence that stands in the way, or ''.
"""

from django.utils.translation import gettext as _

from core.period import months_after

WHOLE = 10_000
MET, PARTLY, NOT_MET = "met", "partly", "not_met"


def reached(results, partly_bp):
    """(points in ten-thousandths, points that could be reached) of [(points, result)].

    Met gives all points, partly met the share `partly_bp`, not met none; what does not apply is left out of both.
    """
    shares = {MET: WHOLE, PARTLY: partly_bp, NOT_MET: 0}
    counted = [(points, shares[result]) for points, result in results if result in shares]
    return sum(points * share for points, share in counted), sum(points for points, _share in counted)


def score_bp(points, possible):
    """Hundredths of a percent, half a hundredth rounded up; None when no item applied."""
    return (2 * points + possible) // (2 * possible) if possible else None


def due_on(last_day, every_months, today):
    """Day on which a department is to be inspected again; today when it never was."""
    return today if last_day is None else months_after(last_day, every_months)


def hindrance_to_inspect(employee_id, line):
    """Planning for, holding and submitting: nobody inspects their own department or one they stand above."""
    if employee_id is None:
        return _("Only a colleague with a place in the company can inspect.")
    if employee_id in line:
        return _("Nobody inspects the department they work in or stand above; a colleague has to.")
    return ""


def hindrance_to_settle(employee_id, line):
    """Deciding about what the head disputes, or going on without the head's answer."""
    if employee_id in line:
        return _("This is about your own department; a colleague from elsewhere has to do it.")
    return ""


def hindrance_to_verify(*, user_id, employee_id, line, done_by_id, owner_id):
    """A follow-up is verified by somebody else than who did it, and not by the department itself."""
    if user_id == done_by_id or (employee_id is not None and employee_id == owner_id):
        return _("You did this yourself; somebody else has to verify it.")
    return hindrance_to_settle(employee_id, line)


def hindrance_to_confirm(*, user_id, employee_id, line, reported_by_id, inspector_ids, named_id):
    """The second person behind a named colleague's fault: neither named, nor an inspector, nor of the department."""
    if employee_id is not None and employee_id == named_id:
        return _("This is about you; a colleague has to do it.")
    if user_id == reported_by_id or employee_id in inspector_ids:
        return _("You inspected this yourself; a second person has to confirm it.")
    return hindrance_to_settle(employee_id, line)


def unmarked(results):
    """How many items have no result yet."""
    return sum(not result for result in results)
