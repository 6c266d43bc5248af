"""Every text that people read is there in every language, and no translation is of a text that nobody says."""

import pytest

from shared.web.words import SAID, WORDS
from tests.web.texts import TRANSLATED, catalogue, placeholders, said

THE_SAME = {
    "Accounts",
    "Addiction",
    "Contact",
    "Evaluator",
    "In %(places)s",
    "Mentees",
    "Mentor",
    "Menu",
    "Online",
    "Pages",
    "Partner",
    "Questions",
    "Service",
    "Shed",
    "Sheds",
    "Sport",
    "Urgent",
    "Website",
    "transport",
}
"""Words that are written alike in two languages."""


@pytest.mark.parametrize("language", TRANSLATED)
class TestTranslations:
    def test_every_text_is_translated_and_every_translation_is_of_one(self, language):
        texts = said()
        there = {message.id: message.string for message in catalogue(language) if message.id}

        assert sorted(set(texts) - set(there)) == [], "make texts"
        assert sorted(set(there) - set(texts)) == [], "make texts"
        assert sorted(text for text, words in there.items() if not words) == []

    def test_what_is_filled_in_is_filled_in_there_too(self, language):
        wrong = [
            message.id
            for message in catalogue(language)
            if message.id and placeholders(message.id) != placeholders(str(message.string))
        ]

        assert wrong == []

    def test_no_translation_leaves_it_to_the_reader_which_of_two_words_is_meant(self, language):
        """One English word for two things is two texts, each with words of its own."""
        assert [one.id for one in catalogue(language) if " / " in str(one.string)] == []

    def test_nothing_is_left_in_english_by_mistake(self, language):
        """A sentence of some words that is the same in both languages was copied, not translated."""
        same = [message.id for message in catalogue(language) if message.id == message.string]

        assert [text for text in same if text not in THE_SAME] == []


def test_what_is_said_is_found():
    """The search sees modules, templates, and the sentences of use cases."""
    texts = said()

    assert {"Your password is changed.", "Referrals to your organisation", "Why?"} <= set(texts)
    assert "This day is still to come." in texts
    assert "%(num)s days left" in texts
    assert set(WORDS.values()) - {"Nederlands", "Français", "English"} <= set(texts)
    assert set(SAID.values()) <= set(texts)
