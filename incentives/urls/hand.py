from django.urls import path

from incentives.views import hand

urlpatterns = [
    path("incentives/facts/", hand.hand_reports, name="hand_reports"),
    path("incentives/facts/new/", hand.hand_report_new, name="hand_report_new"),
    path("incentives/facts/<int:pk>/", hand.hand_report, name="hand_report"),
    path("incentives/facts/<int:pk>/verify/", hand.hand_report_verify, name="hand_report_verify"),
    path("incentives/facts/<int:pk>/decline/", hand.hand_report_decline, name="hand_report_decline"),
    path("incentives/facts/<int:pk>/files/<int:file_pk>/", hand.hand_report_file, name="hand_report_file"),
]
