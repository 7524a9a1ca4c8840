from django.urls import path

from surveys.views import answers, campaigns, public

urlpatterns = [
    path("s/<str:token>/", public.survey_intro, name="survey"),
    path("s/<str:token>/decline/", public.survey_decline, name="survey_decline"),
    path("s/<str:token>/<int:part>/", public.survey_part, name="survey_part"),
    path("q/<str:code>/", public.open_intro, name="open_survey"),
    path("q/<str:code>/<int:part>/", public.open_part, name="open_survey_part"),
    path("campaigns/", campaigns.campaigns, name="campaigns"),
    path("campaigns/new/", campaigns.campaign_new, name="campaign_new"),
    path("campaigns/<int:pk>/", campaigns.campaign, name="campaign"),
    path("campaigns/<int:pk>/open/", campaigns.campaign_open, name="campaign_open"),
    path("campaigns/<int:pk>/close/", campaigns.campaign_close, name="campaign_close"),
    path("campaigns/<int:pk>/remind/", campaigns.campaign_remind, name="campaign_remind"),
    path("campaigns/<int:pk>/links.xlsx", campaigns.campaign_links, name="campaign_links"),
    path("campaigns/<int:pk>/qr/", campaigns.open_link_new, name="open_link_new"),
    path("campaigns/<int:pk>/answers/", answers.campaign_answers, name="campaign_answers"),
    path("qr/<int:pk>/", campaigns.open_link, name="open_link"),
    path("answers/<int:pk>/", answers.answer, name="answer"),
    path("answers/<int:pk>/exclude/", answers.answer_exclude, name="answer_exclude"),
]
