"""schemathesis sends whatever the OpenAPI documents allow, and what they do not: never a 500."""

from urllib.parse import unquote_to_bytes, urlsplit

import pytest
import requests
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings

from quartiersladen.api.tests.open311 import document
from quartiersladen.concerns.models import Concern

MODES = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)
EXAMPLES = 8  # per operation and kind


def attack(schema, headers):
    """Send examples to every operation; return what broke, and how often it was asked."""
    broken, answers = [], []

    client = Client(raise_request_exception=False)

    def send(case):
        case.headers = {**(case.headers or {}), **headers}
        answer = sent(client, case)
        answers.append(answer.status_code)
        kind = answer.headers.get("Content-Type", "")
        if answer.status_code >= 500:
            broken.append(f"{answer.status_code} {case.method} {case.formatted_path} {case.query}")
        elif "text/html" in kind and answer.status_code not in {400, 404}:
            broken.append(f"a page instead of data: {case.method} {case.formatted_path}")

    for found in schema.get_all_operations():
        operation = found.ok()
        # What takes one word cannot be asked wrongly; any word is one.
        takes = [*operation.iter_parameters(), *operation.body]
        for mode in MODES if len(takes) > 3 or operation.body else MODES[:1]:
            run = settings(
                max_examples=EXAMPLES,
                deadline=None,
                database=None,
                derandomize=True,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )(given(case=operation.as_strategy(generation_mode=mode))(send))
            run()
    return broken, answers


def sent(client, case):
    """Send a case by Django's own client: it keeps the connection of the test."""
    asked = requests.Request(**case.as_transport_kwargs(base_url="http://testserver")).prepare()
    parts = urlsplit(asked.url)
    known = dict(asked.headers)
    kind = known.pop("Content-Type", "")
    known.pop("Content-Length", None)
    return client.generic(
        asked.method,
        unquote_to_bytes(parts.path).decode("utf-8", "replace"),
        asked.body or b"",
        content_type=kind,
        QUERY_STRING=parts.query,
        headers=known,
    )


@pytest.fixture
def many(settings):
    settings.PARTNER_REPORTS_PER_HOUR = 1_000_000
    settings.ALLOWED_HOSTS = ["testserver"]


def test_nothing_breaks_the_json_interface(client, many, key, shown):
    shown()
    schema = schemathesis.openapi.from_dict(client.get("/api/v1/openapi.json").json())

    broken, answers = attack(schema, {"Authorization": f"Bearer {key}"})

    assert broken == []
    assert {200, 404, 422} <= set(answers)


def test_nothing_breaks_the_georeport_server(many, key, shown):
    schema = schemathesis.openapi.from_dict(document(key, shown().dossier.reference))

    broken, answers = attack(schema, {})

    assert broken == []
    assert {200, 400, 404} <= set(answers)
    assert Concern.objects.count() > 1
