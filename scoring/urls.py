from django.urls import path

from scoring import views

urlpatterns = [
    path("closing/", views.scoring_progress, name="scoring_progress"),
    path("closing/state/", views.scoring_progress_state, name="scoring_progress_state"),
    path("closing/<str:period>/close/", views.close_now, name="close_now"),
]
