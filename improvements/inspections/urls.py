from django.urls import path

from improvements.views import inspection_findings as findings
from improvements.views import inspection_places as places
from improvements.views import inspection_steps as steps
from improvements.views import inspections as views

urlpatterns = [
    path("inspections/", views.inspections, name="inspections"),
    path("inspections/new/", views.inspection_new, name="inspection_new"),
    path("inspections/due/", views.plan_due, name="inspections_plan_due"),
    path("inspections/export/", views.export, name="inspections_export"),
    path("inspections/departments/", places.departments, name="inspection_departments"),
    path("inspections/departments/<int:pk>/", places.department, name="inspection_department"),
    path("inspections/measures/", findings.my_measures, name="my_measures"),
    path("inspections/findings/<int:pk>/", findings.finding, name="inspection_finding"),
    path("inspections/findings/<int:pk>/measure/", findings.measure, name="inspection_measure"),
    path("inspections/findings/<int:pk>/done/", findings.done, name="inspection_done"),
    path("inspections/findings/<int:pk>/check/", findings.check, name="inspection_check"),
    path("inspections/findings/<int:pk>/settle/", findings.settle, name="inspection_settle"),
    path("inspections/findings/<int:pk>/fact/", findings.fact, name="inspection_fact"),
    path("inspections/files/<int:pk>/", findings.file, name="inspection_file"),
    path("inspections/<int:pk>/", steps.inspection, name="inspection"),
    path("inspections/<int:pk>/begin/", steps.begin, name="inspection_begin"),
    path("inspections/<int:pk>/items/<int:item_pk>/", steps.mark, name="inspection_mark"),
    path("inspections/<int:pk>/submit/", steps.submit, name="inspection_submit"),
    path("inspections/<int:pk>/cancel/", steps.cancel, name="inspection_cancel"),
    path("inspections/<int:pk>/go-on/", steps.go_on, name="inspection_go_on"),
    path("inspections/<int:pk>/answer/", steps.answer, name="inspection_answer"),
]
