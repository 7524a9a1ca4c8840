"""Letters, commendations, certificates and warnings as PDF, from the text that was served."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from audit import services as audit
from core.access import require
from incentives import documents, services
from incentives.forms_duties import ServiceForm
from incentives.models import Hearing, HearingFile, Notice, ReceiptFile
from incentives.views.steps import sent, status_after
from jobs import attachments
from organization.scopes import employee_id_of


@require("incentives.view_own", "incentives.view", "incentives.hold_talk", "policies.view")
def notice_pdf(request, pk):
    visible = Notice.objects.visible_to(request.user).filter(company=request.company)
    notice = get_object_or_404(visible.select_related("company", "decision"), pk=pk)
    if notice.decision.employee_id != employee_id_of(request.user):
        audit.record("incentives.notice.download", notice, by=request.user, at=timezone.now())
    return pdf(documents.notice_pdf(notice), notice.number)


@require("incentives.propose")
def record_service(request, pk):
    """HR records how a letter arrived that the employee did not confirm online."""
    letters = Notice.objects.visible_to(request.user).filter(company=request.company, kind=Notice.Kind.LETTER)
    letter = get_object_or_404(letters.select_related("decision__employee", "decision__department"), pk=pk)
    form = ServiceForm(*sent(request))
    done = _("How the letter arrived is recorded.")
    status = status_after(request, form, services.record_service, letter, done)
    if status is None:
        return redirect("execution")
    return render(request, "incentives/letter_service.html", {"letter": letter, "form": form}, status=status)


@require("incentives.view_own", "incentives.view", "incentives.hold_talk")
def receipt_file(request, pk):
    """The scan of a signed receipt, for whoever may read the letter."""
    letters = Notice.objects.visible_to(request.user).filter(company=request.company, kind=Notice.Kind.LETTER)
    found = get_object_or_404(ReceiptFile.objects.filter(letter__in=letters), pk=pk)
    return attachments.response(found.attachment, inline=True)


@require("incentives.view_own", "incentives.view", "approvals.vote", "approvals.audit")
def hearing_file(request, pk):
    """What an employee handed in with their statement: for themselves, HR, the voters and the audit."""
    read = Hearing.objects.read_by(request.user).filter(decision__company=request.company)
    found = get_object_or_404(HearingFile.objects.filter(hearing__in=read), pk=pk)
    return attachments.response(found.attachment, inline=True)


def pdf(content, name):
    response = HttpResponse(content, "application/pdf")
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.pdf")
    response["Cache-Control"] = "private, no-store"
    return response
