from django.urls import path

from approvals.views import batch, committees, delegations, minutes, votes

urlpatterns = [
    path("votes/", votes.votes, name="votes"),
    path("votes/batch/", batch.batch, name="votes_batch"),
    path("votes/delegations/", delegations.delegations, name="delegations"),
    path("votes/delegations/<int:pk>/end/", delegations.end_delegation, name="delegation_end"),
    path("votes/<int:pk>/", votes.motion, name="motion"),
    path("votes/<int:pk>/cast/", votes.cast, name="vote_cast"),
    path("votes/<int:pk>/recuse/", votes.recuse, name="vote_recuse"),
    path("votes/<int:pk>/stand-in/", votes.name_stand_in, name="vote_stand_in"),
    path("committees/", committees.committees, name="committees"),
    path("committees/<int:pk>/", committees.committee, name="committee"),
    path("committees/<int:pk>/members/", committees.add_member, name="committee_add"),
    path("committees/<int:pk>/minutes/", minutes.committee_minutes, name="committee_minutes"),
    path("committees/<int:pk>/minutes/new/", minutes.new_minutes, name="minutes_new"),
    path("minutes/<int:pk>/", minutes.minutes, name="minutes"),
    path("minutes/<int:pk>/sign/", minutes.sign, name="minutes_sign"),
    path("minutes/<int:pk>/discard/", minutes.discard, name="minutes_discard"),
    path("memberships/<int:pk>/end/", committees.end_member, name="membership_end"),
]
