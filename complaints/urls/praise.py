from django.urls import path

from complaints.views import praise, reports, speak_up

urlpatterns = [
    path("praises/", praise.praises, name="praises"),
    path("praises/new/", praise.praise_new, name="praise_new"),
    path("praises/<int:pk>/", praise.praise, name="praise"),
    path("praises/<int:pk>/prove/", praise.praise_prove, name="praise_prove"),
    path("praises/<int:pk>/shares/", praise.praise_shares, name="praise_shares"),
    path("praises/<int:pk>/confirm/", praise.praise_confirm, name="praise_confirm"),
    path("praises/<int:pk>/return/", praise.praise_return, name="praise_return"),
    path("praises/<int:pk>/thank/", praise.praise_thank, name="praise_thank"),
    path("praises/<int:pk>/files/<int:file_pk>/", praise.praise_file, name="praise_file"),
    path("speak-up/", speak_up.report_new, name="report_new"),
    path("speak-up/track/", speak_up.report_track, name="report_track"),
    path("speak-up/track/add/", speak_up.report_add, name="report_add"),
    path("speak-up/track/back/", speak_up.report_back, name="report_back"),
    path("speak-up/track/leave/", speak_up.report_leave, name="report_leave"),
    path("speak-up/to/<slug:company>/", speak_up.report_new_company, name="report_new_company"),
    path("internal-reports/", reports.reports_inbox, name="reports_inbox"),
    path("internal-reports/<int:pk>/", reports.internal_report, name="internal_report"),
    path("internal-reports/<int:pk>/<slug:step>/", reports.internal_report_step, name="internal_report_step"),
    path(
        "internal-reports/<int:pk>/files/<int:file_pk>/",
        reports.internal_report_file,
        name="internal_report_file",
    ),
]
