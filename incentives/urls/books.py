from django.urls import path

from incentives.views import documents, duties, payroll, records

urlpatterns = [
    path("incentives/payroll/", payroll.payroll, name="payroll"),
    path("incentives/payroll/<str:month>/", payroll.payroll_month, name="payroll_month"),
    path("incentives/payroll/files/<int:pk>/", payroll.payroll_file, name="payroll_file"),
    path("incentives/people/<int:pk>/", records.person_record, name="person_record"),
    path("incentives/people/<int:pk>/statement/", records.person_statement, name="person_statement"),
    path("incentives/marks/<int:pk>/conditions/", records.confirm_condition, name="mark_condition"),
    path("my/statement/", records.my_points, name="my_points"),
    path("my/statement/pdf/", records.my_points_pdf, name="my_points_pdf"),
    path("notices/<int:pk>/pdf/", documents.notice_pdf, name="notice_pdf"),
    path("incentives/letters/receipts/<int:pk>/", documents.receipt_file, name="receipt_file"),
    path("incentives/letters/<int:pk>/service/", documents.record_service, name="letter_service"),
    path("duties/", duties.duties, name="duties"),
    path("duties/<int:pk>/", duties.duty, name="duty"),
    path("duties/<int:pk>/check/", duties.check_duty, name="duty_check"),
    path("duties/files/<int:pk>/", duties.duty_file, name="duty_file"),
]
