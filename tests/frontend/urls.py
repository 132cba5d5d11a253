"""The gallery and the sign-in pages alone, for journeys that need no record."""

from django.urls import include, path

urlpatterns = [path("dev/", include("core.views_dev")), path("accounts/", include("allauth.urls"))]
