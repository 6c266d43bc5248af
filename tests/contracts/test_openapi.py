"""The OpenAPI documents are valid, tell of every route, and describe what requests of every kind get."""

import json

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from shared.http.docs_page import render
from tests.contracts.every_route import BY_SERVICE, ROUTES
from tests.contracts.write import openapi

CONFIDENTIAL = {route.name for _, route in ROUTES if route.confidential}


@pytest.fixture(params=BY_SERVICE)
def document(request):
    return openapi(request.param)


def operations(document):
    return [
        (method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def test_the_document_is_valid_openapi_3_1(document):
    assert document["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(document).validate()


def test_every_operation_has_a_name_of_its_own_and_a_summary(document):
    names = [operation["operationId"] for _, _, operation in operations(document)]

    assert len(names) == len(set(names))
    assert all(operation["summary"].endswith(".") for _, _, operation in operations(document))


CONFIDENTIAL = {route.name for _, route in ROUTES if route.confidential}
"""Their answers hold a secret that is shown once: none is stored, so no key is taken."""


def test_what_changes_a_thing_asks_for_its_version_or_takes_a_key(document):
    """But an answer with a secret is given once, and so kept nowhere to be given again."""
    for method, path, operation in operations(document):
        headers = {p["name"] for p in operation["parameters"] if p["in"] == "header"}
        if operation["operationId"] in CONFIDENTIAL:
            assert "Idempotency-Key" not in headers, path
            continue
        creates = "201" in operation["responses"] and "multipart" not in str(operation.get("requestBody"))
        if operation["operationId"] in CONFIDENTIAL:
            assert "Idempotency-Key" not in headers, path
        elif creates or (method != "get" and "412" in operation["responses"] and method == "post"):
            assert "Idempotency-Key" in headers, path
        if "412" in operation["responses"]:
            assert "If-Match" in headers, path


def test_no_path_or_query_holds_what_is_personal(document):
    for _, path, operation in operations(document):
        named = {p["name"] for p in operation["parameters"] if p["in"] in {"path", "query"}}
        assert not named & {"name", "phone", "email", "address", "text", "birth_year"}, path


def test_every_pattern_means_the_same_to_every_reader(document):
    assert "\\\\Z" not in json.dumps(document)
    assert "(?P" not in json.dumps(document)


def test_the_page_for_people_tells_every_route_and_what_goes_in(document):
    page = render(document)

    for _, path, operation in operations(document):
        assert path in page
        body = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if body:
            assert operation["operationId"] in page
    assert "one of: " in page


def test_the_service_serves_this_document(world, document):
    service = document["info"]["title"].removeprefix("SBS ")

    served = world.anonymous().get(f"/{service}/openapi.json").json

    assert served == document


def test_an_action_needs_the_fields_that_its_body_needs():
    """So `available_actions` and the table of the lifecycle say what the route will ask for."""
    wrong = []
    for service, route in ROUTES:
        lifecycle = getattr(route.answer, "lifecycle", None)
        row = lifecycle.by_action.get(route.path.rsplit("/", 1)[1]) if lifecycle else None
        if row is None or route.method != "POST":
            continue
        needed = {field.data_key or name for name, field in route.body().fields.items() if field.required}
        if needed != set(row.needs):
            wrong.append(f"{service} {lifecycle.name}.{row.action}: {sorted(needed)}, {row.needs}")

    assert wrong == []
