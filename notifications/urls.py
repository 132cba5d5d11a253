"""Where one chooses what one is told of: beside the other pages of one's account."""

from django.urls import path

from notifications import preference_views as views

urlpatterns = [
    path("", views.notifications, name="profile_notifications"),
    path("mute/", views.mute, name="profile_mute"),
    path("unmute/", views.unmute, name="profile_unmute"),
]
