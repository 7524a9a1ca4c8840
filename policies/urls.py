from django.urls import path

from policies.views import documents, drafts, roles

urlpatterns = [
    path("policies/", documents.documents, name="policies"),
    path("policies/<int:pk>/", documents.version, name="policy_version"),
    path("policies/<int:pk>/submit/", documents.submit, name="policy_submit"),
    path("policies/<int:pk>/sign/", documents.sign, name="policy_sign"),
    path("policies/<int:pk>/publish/", documents.publish, name="policy_publish"),
    path("policies/<int:pk>/withdraw/", documents.withdraw, name="policy_withdraw"),
    path("policies/units/new/", drafts.new_unit_document, name="policy_new_unit"),
    path("policies/<int:pk>/draft/", drafts.start, name="policy_draft"),
    path("policies/<int:pk>/edit/", drafts.desk, name="policy_edit"),
    path("policies/<int:pk>/edit/clauses/new/", drafts.new_clause, name="policy_clause_new"),
    path("policies/<int:pk>/edit/clauses/<str:code>/", drafts.clause, name="policy_clause"),
    path(
        "policies/<int:pk>/edit/clauses/<str:code>/remove/", drafts.remove_clause, name="policy_clause_remove"
    ),
    path("policies/<int:pk>/edit/settings/<slug:section>/", drafts.settings, name="policy_settings"),
    path("policies/<int:pk>/compare/", drafts.compare, name="policy_compare"),
    path("roles/", roles.roles, name="roles"),
]
