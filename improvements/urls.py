from improvements.inspections.urls import urlpatterns as inspections

urlpatterns = [*inspections]
