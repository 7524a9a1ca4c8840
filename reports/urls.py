from django.urls import path

from reports.views import audit, dashboards, reports, why

urlpatterns = [
    path("reports/", reports.report_list, name="reports"),
    path("reports/<str:month>/", reports.report, name="report"),
    path("reports/<str:month>/edit/", reports.edit, name="report_edit"),
    path("reports/<str:month>/submit/", reports.submit, name="report_submit"),
    path("reports/<str:month>/review/", reports.review, name="report_review"),
    path("reports/<str:month>/excel/", reports.download, name="report_excel"),
    path("dashboard/", dashboards.department, name="dashboard"),
    path("dashboard/comments/", dashboards.department_comments, name="dashboard_comments"),
    path("my/", dashboards.my, name="my"),
    path("my/month/", dashboards.my_month, name="my_month"),
    path("my/comments/", dashboards.my_comments, name="my_comments"),
    path("audit/", audit.audit_log, name="audit_log"),
    path("why/line/<int:pk>/", why.line, name="why_line"),
    path("why/decision/<int:pk>/", why.decision, name="why_decision"),
    path("why/score/<int:pk>/", why.score, name="why_score"),
    path("why/rank/<int:pk>/", why.standing, name="why_standing"),
    path("why/line/<int:pk>/pdf/", why.line_pdf, name="why_line_pdf"),
    path("why/decision/<int:pk>/pdf/", why.decision_pdf, name="why_decision_pdf"),
    path("why/score/<int:pk>/pdf/", why.score_pdf, name="why_score_pdf"),
    path("why/rank/<int:pk>/pdf/", why.standing_pdf, name="why_standing_pdf"),
]
