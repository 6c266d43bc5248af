"""Answering by the link of an e-mail, from the e-mail to done, in a real browser: nobody signs in."""

import pytest

from tests.browser.demonstration import NAME
from tests.browser.ways import in_each_way


@in_each_way
def test_from_the_e_mail_to_done(demonstration, look, width, language, javascript, night):
    referral = demonstration.a_referral(demonstration.small_service())
    holder = look(width, language, javascript, night)
    holder.go("/referrals/pages/mail")
    holder.check("mail-of-links")
    link = holder.find("main article a").first.get_attribute("href")

    holder.go(link)
    assert NAME not in holder.words
    holder.check("answer-link")
    holder.follow("/ask")
    holder.press("main form", 422)
    holder.check("answer-link-ask-refused")
    holder.go(link)
    holder.press('form[action$="/accept"]')

    assert NAME in holder.words
    assert holder.find("main form").count() == 0
    holder.check("answer-link-accepted")
    assert demonstration.referral(referral)["state"] == "accepted"


@pytest.mark.parametrize("language", ["nl", "fr", "en"])
def test_a_link_that_does_not_work_says_what_to_do(look, language):
    holder = look(320, language)
    holder.go("/referrals/pages/answer/nothing", 404)
    holder.check("answer-link-gone")
