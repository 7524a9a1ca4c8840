from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.access import require
from core.flow import Refused
from notifications.forms import RobotChangeForm, RobotForm
from notifications.models import Robot
from notifications.services.robots import add_robot, change_robot, send_test, switch_robot
from notifications.wording import condition_of, reason_of, sentences_of, told

LAST = 10


def _robot(request, pk):
    return get_object_or_404(Robot.objects.visible_to(request.user), pk=pk)


@require("notifications.manage")
@require_GET
def robots(request):
    at = timezone.now()
    mine = Robot.objects.visible_to(request.user).filter(company=request.company)
    lines = [
        (robot, condition_of(robot, at), sentences_of(robot), reason_of(robot.last_error)) for robot in mine
    ]
    troubled = sum(condition.is_trouble for _robot, condition, *_words in lines)
    return render(request, "notifications/robots.html", {"lines": lines, "troubled": troubled})


@require("notifications.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def robot_new(request):
    form = RobotForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = add_robot(company=request.company, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            messages.success(request, _("Added. Send a test now: it shows whether the address works."))
            return redirect("robot", made.pk)
    return _uncached(
        render(request, "notifications/robot_new.html", {"form": form}, status=422 if form.errors else 200)
    )


@require("notifications.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def robot(request, pk):
    found, at = _robot(request, pk), timezone.now()
    form = RobotChangeForm(request.POST or None, robot=found)
    if request.method == "POST" and form.is_valid():
        try:
            change_robot(found, by=request.user, at=at, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            messages.success(request, _("Saved. It holds from the next message on."))
            return redirect("robot", found.pk)
    context = {
        "robot": found,
        "condition": condition_of(found, at),
        "reason": reason_of(found.last_error),
        "form": form,
        "lines": [told(message) for message in found.messages.select_related("robot")[:LAST]],
    }
    return _uncached(render(request, "notifications/robot.html", context, status=422 if form.errors else 200))


@require("notifications.manage")
@require_POST
def robot_test(request, pk):
    found = _robot(request, pk)
    send_test(found, by=request.user, at=timezone.now())
    messages.success(request, _("The test is on its way. Reload in a minute to see what became of it."))
    return redirect("robot", found.pk)


@require("notifications.manage")
@require_POST
def robot_switch(request, pk):
    found, is_active = _robot(request, pk), request.POST.get("to") == "on"
    switch_robot(found, is_active=is_active, by=request.user, at=timezone.now())
    messages.success(request, _("The robot is on.") if is_active else _("The robot is off."))
    return redirect("robot", found.pk)


def _uncached(response):
    response["Cache-Control"] = "no-store"
    return response
