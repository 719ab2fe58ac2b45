"""Addresses: the wire for registers, the console for staff."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path
from django.views.generic import RedirectView

from hq.ingest import views
from sync.wire.messages import PATH_BLOB, PATH_ENROL, PATH_LOOKUP, PATH_PULL, PATH_PUSH

urlpatterns = [
    path(PATH_ENROL.lstrip("/"), views.enrol_view),
    path(PATH_PUSH.lstrip("/"), views.push_view),
    path(PATH_PULL.lstrip("/"), views.pull_view),
    path(PATH_LOOKUP.lstrip("/"), views.lookup_view),
    path(PATH_BLOB.lstrip("/"), views.blob_view),
    path("console/", admin.site.urls),
    path("", RedirectView.as_view(pattern_name="admin:index")),
]
