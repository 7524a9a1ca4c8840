from django.urls import path

from appeals.views import desk, mine

urlpatterns = [
    path("my/appeals/", mine.my_appeals, name="my_appeals"),
    path("my/appeals/answers/", mine.my_answers, name="my_answers"),
    path(
        "my/appeals/new/answer/<str:month>/<slug:label>/",
        mine.my_answer_appeal_new,
        name="my_answer_appeal_new",
    ),
    path("my/appeals/new/<slug:kind>/<int:pk>/", mine.my_appeal_new, name="my_appeal_new"),
    path("my/appeals/<int:pk>/", mine.my_appeal, name="my_appeal"),
    path("my/appeals/<int:pk>/withdraw/", mine.my_appeal_withdraw, name="my_appeal_withdraw"),
    path("my/appeals/<int:pk>/evidence/", mine.my_appeal_evidence, name="my_appeal_evidence"),
    path("my/appeals/<int:pk>/chair/", mine.my_appeal_contest, name="my_appeal_contest"),
    path("my/appeals/<int:pk>/acknowledge/", mine.my_appeal_acknowledge, name="my_appeal_acknowledge"),
    path("my/appeals/<int:pk>/files/<int:file_pk>/", mine.my_appeal_file, name="my_appeal_file"),
    path("appeals/", desk.appeals, name="appeals"),
    path("appeals/rates/", desk.rates, name="appeal_rates"),
    path("appeals/<int:pk>/", desk.appeal, name="appeal"),
    path("appeals/<int:pk>/handle/", desk.handle, name="appeal_handle"),
    path("appeals/<int:pk>/outcome/", desk.propose, name="appeal_propose"),
    path("appeals/<int:pk>/judge/", desk.judge, name="appeal_judge"),
    path("appeals/<int:pk>/files/<int:file_pk>/", desk.file, name="appeal_file"),
    path("appeals/<int:pk>/others/<int:consequence_pk>/", desk.settle, name="appeal_settle"),
]
