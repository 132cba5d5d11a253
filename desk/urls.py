"""Addresses of the desk: by number or slug, named after the verb."""

from django.urls import path

from desk import (
    bulk,
    cells,
    changes,
    clocks,
    deliveries,
    editors,
    files,
    filtering,
    links,
    macros,
    mail,
    new,
    preview,
    pulse,
    queue,
    restricted,
    saving,
    search,
    tasks,
    ticket,
    time,
    verbs,
)
from desk.major import listing, room
from desk.settings import access_views, log
from desk.settings import views as settings

app_name = "desk"

_ONE = "tickets/<str:number>/"

urlpatterns = [
    path("", queue.queue, name="queue"),
    path("changes/", pulse.changes, name="changes"),
    path("rows/", queue.rows, name="rows"),
    path("filter/", filtering.filter, name="filter"),
    path("filter/values/", filtering.values, name="filter-values"),
    path("filter/apply/", filtering.apply, name="filter-apply"),
    path("columns/", saving.choose_columns, name="columns"),
    path("views/", saving.views, name="views"),
    path("views/order/", saving.arrange, name="arrange"),
    path("views/<slug:slug>/", saving.view, name="view"),
    path("views/<slug:slug>/star/", saving.star, name="star"),
    path("bulk/", bulk.bulk, name="bulk"),
    path("search/", search.search, name="search"),
    path("new/", new.new, name="new"),
    path("new/callers/", new.found, name="callers"),
    path(_ONE, ticket.ticket, name="ticket"),
    path(f"{_ONE}preview/", preview.preview, name="preview"),
    path(f"{_ONE}read/", saving.read, name="read"),
    path(f"{_ONE}pick/<slug:field>/", cells.pick, name="pick"),
    path(f"{_ONE}reply/", editors.reply, name="reply"),
    path(f"{_ONE}note/", editors.note, name="note"),
    path(f"{_ONE}take/", verbs.take, name="take"),
    path(f"{_ONE}do/<slug:verb>/", verbs.verb, name="verb"),
    path(f"{_ONE}change/", changes.change, name="change"),
    path(f"{_ONE}clocks/", clocks.why, name="clocks"),
    path(f"{_ONE}link/", links.link, name="link"),
    path(f"{_ONE}links/<int:link_id>/remove/", links.unlink, name="unlink"),
    path(f"{_ONE}items/<int:item_id>/remove/", changes.remove_item, name="remove-item"),
    path(f"{_ONE}tasks/", tasks.add, name="task-add"),
    path(f"{_ONE}tasks/<int:task_id>/change/", tasks.change, name="task-change"),
    path(f"{_ONE}tasks/<int:task_id>/items/", tasks.add_item, name="task-item-add"),
    path(f"{_ONE}tasks/<int:task_id>/items/<int:item_id>/", tasks.tick, name="task-item"),
    *(
        path(f"{_ONE}tasks/<int:task_id>/{deed}/", tasks.act, {"deed": deed}, name=f"task-{deed}")
        for deed in tasks.DEEDS
    ),
    path(f"{_ONE}time/<int:entry_id>/correct/", time.correct, name="time-correct"),
    path(f"{_ONE}files/<int:file_id>/", files.download, name="file"),
    path("restricted/", restricted.glass, name="restricted"),
    path(f"{_ONE}macros/", macros.listing, name="macros"),
    path(f"{_ONE}macros/<int:macro_id>/", macros.preview, name="macro"),
    path(f"{_ONE}macros/<int:macro_id>/used/", macros.used, name="macro-used"),
    path("tasks/", tasks.mine, name="my-tasks"),
    path("major/", listing.majors, name="majors"),
    path("major/<str:number>/", room.room, name="major"),
    path("major/<str:number>/update/", room.update, name="major-update"),
    path("major/<str:number>/link/", room.link, name="major-link"),
    path("mail/", mail.mails, name="mail"),
    path("mail/<int:message_id>/", mail.mail, name="mail-one"),
    path("mail/<int:message_id>/retry/", mail.retry, name="mail-retry"),
    path("deliveries/", deliveries.deliveries, name="deliveries"),
    path("deliveries/<int:delivery_id>/retry/", deliveries.retry, name="delivery-retry"),
    path("settings/", settings.index, name="settings"),
    path("settings/log/", log.log, name="settings-log"),
    path("settings/programs/<int:key>/tokens/", access_views.issue_token, name="settings-token"),
    path(
        "settings/programs/<int:key>/tokens/<int:token_id>/end/",
        access_views.revoke_token,
        name="settings-revoke-token",
    ),
    path("settings/<slug:slug>/", settings.listing, name="settings-list"),
    path("settings/<slug:slug>/new/", settings.new, name="settings-new"),
    path("settings/<slug:slug>/<int:key>/", settings.edit, name="settings-edit"),
    path("settings/<slug:slug>/<int:key>/roles/", access_views.grant, name="settings-grant"),
    path(
        "settings/<slug:slug>/<int:key>/roles/<int:grant_id>/revoke/",
        access_views.revoke,
        name="settings-revoke",
    ),
]
