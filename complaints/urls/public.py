from django.urls import path

from complaints.views import codes, public, track

urlpatterns = [
    path("feedback/", public.feedback, name="feedback"),
    path("feedback/privacy/", public.feedback_privacy, name="feedback_privacy"),
    path("feedback/receipt/", public.feedback_receipt, name="feedback_receipt"),
    path("feedback/<slug:company>/", public.feedback_company, name="feedback_company"),
    path("feedback/<slug:company>/privacy/", public.feedback_privacy, name="feedback_company_privacy"),
    path("f/<str:code>/", public.feedback_code, name="feedback_by_code"),
    path("track/", track.track, name="track"),
    path("track/case/", track.track_case, name="track_case"),
    path("track/case/add/", track.track_add, name="track_add"),
    path("track/case/rate/", track.track_rate, name="track_rate"),
    path("track/case/files/<int:pk>/", track.track_file, name="track_file"),
    path("track/case/<slug:name>/", track.track_act, name="track_act"),
    path("track/rate/<str:number>/<str:token>/", track.track_rate_link, name="track_rate_link"),
    path("track/leave/", track.track_leave, name="track_leave"),
    path("cases/codes/", codes.codes, name="feedback_codes"),
    path("cases/codes/new/", codes.code_new, name="feedback_code_new"),
    path("cases/codes/print/", codes.posters, name="feedback_posters"),
    path("cases/codes/<int:pk>/", codes.code, name="feedback_code"),
    path("cases/codes/<int:pk>/end/", codes.code_end, name="feedback_code_end"),
]
