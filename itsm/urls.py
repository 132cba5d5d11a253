"""All addresses of the product."""

from django.conf import settings
from django.urls import include, path, re_path

from api import docs, health, problems

handler400 = "core.failures.bad_request"
handler403 = "core.failures.forbidden"
handler404 = "core.failures.not_found"
handler500 = "core.failures.broken"

urlpatterns: list = [
    path("health/live", health.live),
    path("health/ready", health.ready),
    path("api/v1/", include("api.urls")),
    path("api/docs/", docs.page, name="api-docs"),
    re_path(r"^api/", problems.nothing_at),
    path("account/profile/notifications/", include("notifications.urls")),
    path("account/", include("accounts.urls")),
    path("desk/", include("desk.urls")),
    path("", include("portal.urls")),
]
if settings.DEBUG:  # the gallery of the front end's parts
    urlpatterns.insert(0, path("dev/", include("core.views_dev")))
