from django.urls import path

from policies.views import documents, roles

urlpatterns = [
    path("policies/", documents.documents, name="policies"),
    path("policies/<int:pk>/", documents.version, name="policy_version"),
    path("policies/<int:pk>/submit/", documents.submit, name="policy_submit"),
    path("policies/<int:pk>/sign/", documents.sign, name="policy_sign"),
    path("policies/<int:pk>/publish/", documents.publish, name="policy_publish"),
    path("policies/<int:pk>/withdraw/", documents.withdraw, name="policy_withdraw"),
    path("roles/", roles.roles, name="roles"),
]
