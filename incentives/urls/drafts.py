from django.urls import path

from incentives.views import drafts

urlpatterns = [
    path("policies/<int:pk>/rules/", drafts.rules, name="draft_rules"),
    path("policies/<int:pk>/rules/new/", drafts.new_rule, name="draft_rule_new"),
    path("policies/<int:pk>/rules/<str:code>/", drafts.rule, name="draft_rule"),
    path("policies/<int:pk>/rules/<str:code>/remove/", drafts.remove_rule, name="draft_rule_remove"),
    path("policies/<int:pk>/simulation/", drafts.simulation, name="draft_simulation"),
    path("policies/<int:pk>/simulation/state/", drafts.simulation_state, name="draft_simulation_state"),
    path("policies/<int:pk>/simulation/run/", drafts.simulate, name="draft_simulate"),
    path("policies/<int:pk>/file/", drafts.file_version, name="draft_file"),
]
