"""What the API says against something is wholly in the visitor's language, whatever the sentence holds."""

import ast
from itertools import product
from pathlib import Path

import pytest
from flask import Flask, g

from services.referrals.domain.codes import NeedCategory
from shared.languages import LANGUAGES
from shared.web.reasons import is_said_here, reason
from tests.web.texts import REASONS, ROOT
from tests.web.visiting import visiting

ON_NO_PAGE = {
    "services/registry/use_cases/client_credentials.py": "clients are kept by the API",
    "services/registry/use_cases/passkeys.py": "passkeys need a script, and pages have none",
    "services/registry/domain/claim_map.py": "what an operator reads of his provider's claims",
    "shared/database/finding.py": "of references, which no page asks for",
    "shared/lifecycle.py": "a page says the state instead, which comes with it",
    "shared/permissions.py": "a page that is not his says so in words of its own",
}
SAMPLES = ("7", "2026-03-02", "mental_health", "is full", "active")


def in_language(language, said):
    with Flask("pages").app_context():
        g.language = language
        return reason(said)


def sentences():
    """Each sentence with something in it that a use case or a rule refuses with; and where."""
    folders = [
        ROOT / "shared",
        *(ROOT / "services").glob("*/use_cases"),
        *(ROOT / "services").glob("*/domain"),
    ]
    for path in sorted(path for folder in folders for path in folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            name = getattr(
                getattr(node, "func", None), "id", getattr(getattr(node, "func", None), "attr", "")
            )
            if name in REASONS and isinstance(node, ast.Call):
                for given in node.args:
                    if isinstance(given, ast.JoinedStr):
                        yield str(path.relative_to(ROOT)), given


def with_values(sentence, *samples):
    """The sentence with samples in its places, one after another."""
    fill = iter(samples)
    return "".join(part.value if isinstance(part, ast.Constant) else next(fill) for part in sentence.values)


def filled(sentence):
    """The sentence with every sample in every place."""
    places = sum(not isinstance(part, ast.Constant) for part in sentence.values)
    return [with_values(sentence, *samples) for samples in product(SAMPLES, repeat=places)]


def test_each_sentence_that_holds_something_has_its_row():
    found = list(sentences())
    left_out = [
        (path, filled(sentence)[0])
        for path, sentence in found
        if path not in ON_NO_PAGE
        and not Path(path).name.startswith(("past_", "import"))
        and not any(is_said_here(said) for said in filled(sentence))
    ]

    assert left_out == []
    assert len(found) > 10
    assert {path for path, _ in found} >= set(ON_NO_PAGE)


@pytest.mark.parametrize("language", LANGUAGES)
class TestInEachLanguage:
    @pytest.mark.parametrize("need", NeedCategory)
    def test_a_need_is_named_and_not_its_code(self, language, need):
        said = in_language(language, f"The outcome for {need.value} is missing.")

        assert "_" not in said
        assert language == "en" or not said.startswith("The ")

    def test_every_reason_against_a_mentor_is_a_sentence(self, language):
        wrong = {
            "training_missing",
            "training_out_of_date",
            "vog_missing",
            "vog_out_of_date",
            "has_left",
            "is_full",
        }
        english = {code.replace("_", " ") for code in wrong}

        for start in ("This mentor cannot be matched", "This mentor cannot confirm"):
            said = in_language(language, f"{start}: {', '.join(sorted(english))}.")
            assert language == "en" or [code for code in english if code in said] == []
            assert said.count(". ") == len(wrong)
            assert language == "en" or "mentor cannot" not in said

    def test_a_day_is_written_as_one_reads_it(self, language):
        said = in_language(language, "The job ended on 2026-03-02, before these 13 weeks.")

        assert "2026-03-02" not in said
        assert {"nl": "2 maart 2026", "fr": "2 mars 2026", "en": "2 March 2026"}[language] in said
        assert "13" in said

    def test_no_other_sentence_that_holds_something_is_left_in_english(self, language):
        for said in (
            "A referral can be reopened within 30 days of its end.",
            "The job had not lasted 13 weeks on this day.",
            "These steps are still missing: CV, References.",
            "A cover lasts 90 days at most.",
        ):
            assert language == "en" or in_language(language, said) != said


def test_a_mentor_who_filled_up_is_refused_in_dutch_alone(programme):
    man = programme.a_shedder()["id"]
    programme.a_consent(man, "mentoring")
    programme.world.deliver()
    coordinator = visiting(programme.coordinator)
    typed = {"_key": "k", "shedder_id": man, "mentor_id": str(programme.mentor_id)}
    programme.coordinator.patch(f"/mentoring/mentors/{programme.mentor_id}", {"capacity": 1})
    programme.a_mentorship()

    seen = coordinator.post(f"/mentoring/pages/matching/{man}", typed, 409, Accept_Language="nl")

    assert "Deze mentor kan niet worden gekoppeld. Hij begeleidt al zoveel mannen als hij wil." in seen.words
    assert "is full" not in seen.text


def test_steps_that_are_missing_are_called_as_the_programme_calls_them(programme):
    place = programme.a_pathway()
    step = programme.mentor.get(place).json["steps"][0]
    programme.mentor.act(f"/mentoring/steps/{step['id']}/start")
    shown = programme.mentor.get(place).json
    titles = [one["title"] for one in shown["steps"] if one["code"] in shown["missing_steps"]]

    refused = programme.mentor.act(f"{place}/propose_readiness", expect=409).json

    assert refused["detail"] == f"These steps are still missing: {', '.join(titles)}."
