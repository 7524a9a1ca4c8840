"""Letters, commendations, certificates and warnings as PDF, from the text that was served."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.http import content_disposition_header

from audit import services as audit
from core.access import require
from incentives import documents
from incentives.models import Notice
from organization.scopes import employee_id_of


@require("incentives.view_own", "incentives.view", "incentives.hold_talk", "policies.view")
def notice_pdf(request, pk):
    visible = Notice.objects.visible_to(request.user).filter(company=request.company)
    notice = get_object_or_404(visible.select_related("company", "decision"), pk=pk)
    if notice.decision.employee_id != employee_id_of(request.user):
        audit.record("incentives.notice.download", notice, by=request.user, at=timezone.now())
    return pdf(documents.notice_pdf(notice), notice.number)


def pdf(content, name):
    response = HttpResponse(content, "application/pdf")
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.pdf")
    response["Cache-Control"] = "private, no-store"
    return response
