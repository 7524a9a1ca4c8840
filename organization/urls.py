from django.urls import path

from organization import views

urlpatterns = [
    path("company/", views.choose_company, name="choose_company"),
]
