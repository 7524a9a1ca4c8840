from django.urls import path

from core.access import require
from core.imports import import_kinds
from jobs import import_views, views

urlpatterns = [
    path("jobs/", views.jobs, name="jobs"),
    path("jobs/list/", views.job_list, name="job_list"),
    path("jobs/<int:pk>/retry/", views.retry, name="job_retry"),
]
STEPS = (
    ("", import_views.start, "import_{}"),
    ("template.xlsx", import_views.template, "import_{}_template"),
    ("<int:pk>/", import_views.batch, "import_{}_batch"),
    ("<int:pk>/state/", import_views.state, "import_{}_state"),
    ("<int:pk>/confirm/", import_views.confirm, "import_{}_confirm"),
    ("<int:pk>/cancel/", import_views.cancel, "import_{}_cancel"),
    ("<int:pk>/corrections.xlsx", import_views.corrections, "import_{}_corrections"),
)
# one set of addresses per table, each guarded by the verb of its table
for code, kind in import_kinds.items():
    urlpatterns += [
        path(f"imports/{code}/{tail}", require(kind.verb)(view), {"kind": code}, name=name.format(code))
        for tail, view, name in STEPS
    ]
