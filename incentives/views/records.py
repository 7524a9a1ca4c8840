"""What stands on a person's record: warnings in force, marks, totals, decisions; and their statement."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from audit import services as audit
from core.access import may, require
from incentives import legal, services
from incentives.models import Mark
from incentives.statements import Record, Statement, statement_pdf
from incentives.views.documents import pdf
from organization.models import Employee
from organization.scopes import employee_id_of, reach_of, today


def people_of(request):
    """Employees whose record this visitor may see."""
    reach = reach_of(request.user, "incentives.view")
    seen = reach.q(department="assignments__department_id", employee=None)
    return Employee.objects.filter(seen, company=request.company).select_related("company").distinct()


@require("incentives.view")
def person_record(request, pk):
    employee = get_object_or_404(people_of(request), pk=pk)
    record = Record.of(employee, today())
    is_own = employee.pk == employee_id_of(request.user)
    context = {
        "record": record,
        "employee": employee,
        "recommendations": [mark_with_conditions(mark) for mark in record.marks if mark.checklist],
        "priorities": [mark for mark in record.marks if not mark.checklist],
        "may_confirm": may(request.user, "incentives.propose") and not is_own,
    }
    return render(request, "incentives/person.html", context)


def mark_with_conditions(mark):
    names = {user.pk: user.get_full_name() for user in User.objects.filter(pk__in=confirmers_of(mark))}
    conditions = [
        one | {"text": legal.condition_text(one["code"]), "name": names.get(one["by"], "")}
        for one in mark.checklist
    ]
    for one in conditions:
        one["done_at"] = timezone.datetime.fromisoformat(one["done_at"]) if one["done_at"] else None
    return {"mark": mark, "conditions": conditions, "done": sum(bool(one["done_at"]) for one in conditions)}


def confirmers_of(mark):
    return [one["by"] for one in mark.checklist if one["by"]]


@require("incentives.propose")
@require_POST
def confirm_condition(request, pk):
    """HR has seen to one condition of the law."""
    mark = get_object_or_404(Mark.objects.visible_to(request.user).filter(company=request.company), pk=pk)
    services.confirm_condition(mark, code=request.POST.get("code", ""), by=request.user, at=timezone.now())
    messages.success(request, _("The condition is confirmed, with today’s date."))
    return redirect("person_record", pk=mark.employee_id)


@require("incentives.view")
def person_statement(request, pk):
    employee = get_object_or_404(people_of(request), pk=pk)
    at = timezone.now()
    audit.record("incentives.statement.download", employee, by=request.user, at=at)
    return statement_response(employee, at)


@require("incentives.view_own")
def my_points(request):
    """Month by month, each line with its rule and clause, and what else stands on my record."""
    employee = get_object_or_404(Employee, pk=employee_id_of(request.user))
    return render(request, "incentives/my_statement.html", {"record": Record.of(employee, today())})


@require("incentives.view_own")
def my_points_pdf(request):
    employee = get_object_or_404(Employee.objects.select_related("company"), pk=employee_id_of(request.user))
    return statement_response(employee, timezone.now())


def statement_response(employee, at):
    return pdf(statement_pdf(Statement.of(employee), at), f"{_('Statement of points')} {employee.number}")
