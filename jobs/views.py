from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.access import require
from jobs import services
from jobs.models import Run
from jobs.wording import told

PAGE = 30


@require("jobs.view")
def jobs(request):
    return render(request, "jobs/jobs.html", _context(request))


@require("jobs.view")
def job_list(request):
    """The list alone, for polling."""
    return render(request, "jobs/jobs.html#list", _context(request))


@require("jobs.view")
@require_POST
def retry(request, pk):
    run = get_object_or_404(Run.objects.visible_to(request.user), pk=pk, state=Run.State.FAILED)
    services.rerun(run, at=timezone.now())
    messages.success(request, _("It goes on from where it stopped. What is done is not done again."))
    return redirect("jobs")


def _context(request):
    runs = Run.objects.visible_to(request.user).filter(company=request.company).select_related("requested_by")
    page = Paginator(runs.order_by("-requested_at", "-pk"), PAGE).get_page(request.GET.get("page"))
    at = timezone.now()
    lines = [told(run, at) for run in page]
    return {
        "page": page,
        "lines": lines,
        "moving": sum(line.is_moving for line in lines),
        "failed": sum(line.run.state == Run.State.FAILED for line in lines),
    }
