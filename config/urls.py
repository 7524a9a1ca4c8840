"""Addresses, grouped by noun; each room brings its own."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from config.api import router

urlpatterns = [
    path("", include("core.urls")),
    path("accounts/", include("allauth.urls")),
    path("", include("accounts.urls")),
    path("", include("organization.urls")),
    path("", include("jobs.urls")),
    path("", include("notifications.urls")),
    path("", include("policies.urls")),
    path("", include("customers.urls")),
    path("", include("approvals.urls")),
    path("", include("surveys.urls")),
    path("", include("complaints.urls")),
    path("", include("scoring.urls")),
    path("", include("improvements.urls")),
    path("", include("incentives.urls")),
    path("", include("appeals.urls")),
    path("", include("reports.urls")),
    path("api/v1/", include((router.urls, "api"))),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerView.as_view(url_name="schema"), name="api_docs"),
]
