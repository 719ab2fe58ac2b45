"""What tests of the console share: reading its pages, and people with exactly these rights."""

from __future__ import annotations

import re

from django.contrib.auth.models import Permission, User
from django.test import Client


def page(console, path, **query):
    response = console.get(path, query)
    assert response.status_code == 200, (path, response.status_code)
    text = response.content.decode()
    assert "http://" not in re.sub(r"http://www\.w3\.org/\S+", "", text), (
        "a page loads something from elsewhere"
    )
    return text


def row_of(model, **facts):
    return model.objects.get(**facts)


def staff_with(name, *rights):
    """A client of somebody with exactly these rights."""
    person = User.objects.create_user(name, password="x", is_staff=True)
    person.user_permissions.set(Permission.objects.filter(codename__in=rights))
    assert person.user_permissions.count() == len(rights)
    client = Client()
    client.force_login(person)
    return client
