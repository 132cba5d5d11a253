"""The portal's addresses: the first page is the installation's own."""

from django.urls import path, re_path

from portal import answering, asking, following, guests, home, reporting, searching, status, supplying, views

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("search/", searching.page, name="search"),
    path("search/hits/", searching.hits, name="hits"),
    path("look.css", views.look, name="look"),
    path("logo", views.logo, name="logo"),
    path("portal/status/", status.page, name="status"),
    path("portal/status/follow/", following.own, name="follow_own"),
    path("status/confirm/<str:token>/", following.confirm, name="confirm_follow"),
    path("status/stop/<str:token>/", following.stop, name="stop_follow"),
    path("status/<slug:slug>/", status.public, name="public_status"),
    path("status/<slug:slug>/look.css", status.public_look, name="public_look"),
    path("status/<slug:slug>/logo", status.public_logo, name="public_logo"),
    path("status/<slug:slug>/follow/", following.ask, name="follow"),
    path("guest/confirm/<str:token>/", guests.confirm, name="confirm_guest"),
    path("guest/<slug:slug>/", guests.report, name="guest"),
    path("survey/<str:token>/", asking.page, name="survey"),
    path("report/", reporting.report, name="report"),
    path("report/add/<slug:number>/", reporting.add, name="add"),
    path("report/similar/", reporting.similar, name="similar"),
    path("report/draft/", reporting.draft, name="draft"),
    path("requests/", views.requests, name="requests"),
    path("requests/customer/", views.switch, name="switch"),
    path("requests/<slug:number>/", answering.request_page, name="request"),
    path("requests/<slug:number>/answer/", answering.answer, name="answer"),
    path("requests/<slug:number>/works/", answering.works, name="works"),
    path("requests/<slug:number>/not-yet/", answering.not_yet, name="not_yet"),
    path("requests/<slug:number>/follow-up/", answering.follow_up, name="follow_up"),
    path("requests/<slug:number>/not-waiting/", answering.not_waiting, name="not_waiting"),
    path("requests/<slug:number>/cancel/", answering.cancel, name="cancel"),
    path("requests/<slug:number>/files/<int:file_id>/", answering.file, name="file"),
    path("supplier/", supplying.work, name="supplier"),
    path("supplier/<slug:number>/", supplying.one, name="supplier_one"),
    path("supplier/<slug:number>/take/", supplying.take, name="supplier_take"),
    path("supplier/<slug:number>/say/", supplying.say, name="supplier_say"),
    path("supplier/<slug:number>/files/<int:file_id>/", supplying.file, name="supplier_file"),
    re_path(r"^(?P<number>[A-Za-z]{2,8}-[0-9]{1,12})/?$", views.shortcut, name="shortcut"),
]
