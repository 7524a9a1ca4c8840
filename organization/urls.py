from django.urls import path

from organization import views

urlpatterns = [
    path("company/", views.choose_company, name="choose_company"),
    path("staff/", views.staff, name="staff"),
    path("staff/<int:pk>/", views.employee, name="employee"),
]
