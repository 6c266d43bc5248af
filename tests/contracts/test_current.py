"""What is committed is what the code says: OpenAPI documents, event schemas, the services' pages."""

from tests.contracts.write import CONTRACTS, files


def test_every_made_file_is_current():
    stale = [
        str(path.name) for path, text in files() if not path.is_file() or path.read_text("utf-8") != text
    ]

    assert stale == [], "`make docs` writes them anew"


def test_no_schema_is_kept_of_an_event_that_is_no_more():
    wanted = {path for path, _ in files()}

    assert set(CONTRACTS.glob("*/**/*.json")) == {path for path in wanted if path.suffix == ".json"}
