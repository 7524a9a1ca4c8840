from django.urls import path

from improvements.inspections.urls import urlpatterns as inspections
from improvements.views import my_suggestions as mine
from improvements.views import suggestions

urlpatterns = [
    *inspections,
    path("my/suggestions/", mine.my_suggestions, name="my_suggestions"),
    path("my/suggestions/new/", mine.my_suggestion_new, name="my_suggestion_new"),
    path("my/suggestions/<int:pk>/", mine.my_suggestion, name="my_suggestion"),
    path("my/suggestions/<int:pk>/answer/", mine.my_suggestion_answer, name="my_suggestion_answer"),
    path("my/suggestions/<int:pk>/withdraw/", mine.my_suggestion_withdraw, name="my_suggestion_withdraw"),
    path("my/suggestions/<int:pk>/files/<int:file_pk>/", mine.my_suggestion_file, name="my_suggestion_file"),
    path("suggestions/", suggestions.suggestions, name="suggestions"),
    path("suggestions/new/", mine.suggestion_new, name="suggestion_new"),
    path("suggestions/export/", suggestions.suggestions_export, name="suggestions_export"),
    path("suggestions/figures/", suggestions.suggestion_figures, name="suggestion_figures"),
    path("suggestions/<int:pk>/", suggestions.suggestion, name="suggestion"),
    path("suggestions/<int:pk>/assess/", suggestions.suggestion_assess, name="suggestion_assess"),
    path("suggestions/<int:pk>/give-up/", suggestions.suggestion_give_up, name="suggestion_give_up"),
    path("suggestions/<int:pk>/ask/", suggestions.suggestion_ask, name="suggestion_ask"),
    path(
        "suggestions/<int:pk>/opinions/<int:opinion_pk>/",
        suggestions.suggestion_opinion,
        name="suggestion_opinion",
    ),
    path("suggestions/<int:pk>/implement/", suggestions.suggestion_implement, name="suggestion_implement"),
    path("suggestions/<int:pk>/measure/", suggestions.suggestion_measure, name="suggestion_measure"),
    path("suggestions/<int:pk>/widen/", suggestions.suggestion_widen, name="suggestion_widen"),
    path("suggestions/<int:pk>/confirm/", suggestions.suggestion_confirm, name="suggestion_confirm"),
    path("suggestions/<int:pk>/answers/", suggestions.suggestion_answers, name="suggestion_answers"),
    path("suggestions/<int:pk>/files/<int:file_pk>/", suggestions.suggestion_file, name="suggestion_file"),
]
