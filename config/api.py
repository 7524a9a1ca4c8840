"""The API's root: each room registers its viewsets."""

from importlib import import_module

from rest_framework.routers import SimpleRouter

router = SimpleRouter()
for room in (
    "organization",
    "policies",
    "approvals",
    "customers",
    "surveys",
    "complaints",
    "scoring",
    "improvements",
    "incentives",
    "appeals",
):
    import_module(f"{room}.api").register(router)
