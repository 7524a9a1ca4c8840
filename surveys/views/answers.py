from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core.access import may, require
from customers.rules import mask_name
from surveys.entry import clean_text
from surveys.forms import ExclusionForm
from surveys.models import Answer, Campaign
from surveys.selectors import readable_answer
from surveys.services import exclude

PER_PAGE = 50


@require("surveys.view")
@require_GET
def campaign_answers(request, pk):
    campaign = get_object_or_404(Campaign.objects.visible_to(request.user), pk=pk)
    found = Answer.objects.visible_to(request.user).filter(campaign=campaign)
    rows = found.select_related("department", "site", "exclusion").order_by("-submitted_at", "-pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    overall = campaign.version.parsed.overall.code
    lines = [(answer, answer.answers.get(overall)) for answer in page]
    return render(request, "surveys/answers.html", {"campaign": campaign, "page": page, "lines": lines})


@require("surveys.view")
@require_GET
def answer(request, pk):
    """One answer with its words. Who gave it stays masked; the person it is about never opens it."""
    related = ("campaign", "version", "department", "site", "exclusion__excluded_by", "invitation__customer")
    shown = get_object_or_404(Answer.objects.visible_to(request.user).select_related(*related), pk=pk)
    customer = shown.invitation.customer if shown.invitation else None
    context = {
        "answer": shown,
        "lines": readable_answer(shown, get_language()),
        "customer": mask_name(customer.name) if customer else "",
        "form": ExclusionForm(),
        "may_exclude": may(request.user, "surveys.exclude") and not hasattr(shown, "exclusion"),
    }
    return render(request, "surveys/answer.html", context)


@require("surveys.exclude")
@require_POST
def answer_exclude(request, pk):
    shown = get_object_or_404(Answer.objects.visible_to(request.user), pk=pk)
    exclude(shown, reason=clean_text(request.POST.get("reason", "")), by=request.user, at=timezone.now())
    messages.success(request, _("The answer is left out of the counts. It stays stored with your reason."))
    return redirect("answer", pk)
