"""One man's story, walked through the running system over HTTP alone, each step printed with what it saw.

It is a demonstration and a test at once (`tests/journeys` walks it too): every step checks what it saw, and
the first that is not as it should be ends the story with the answer that was got.
"""

from collections.abc import Callable
from pathlib import Path

import requests

from deploy.story.people import Caller, Story, Unexpected
from deploy.story.referral import agreed, answered, referred, registered, seen
from deploy.story.work import in_a_job, matched, told_again, work_ready

ROLES = ("ambassador", "coordinator", "care_worker", "mentor", "administrator")
ELSEWHERE = "(with SBS_BIND and SBS_HOME, if you set them, as here)"
CHAPTERS = (registered, agreed, referred, answered, seen, matched, work_ready, in_a_job, told_again)


def tell(origin: str, tokens: Path, say: Callable[[str], None] = print) -> bool:
    """Walk the whole story. True when every step was as it should be."""
    try:
        people = {role: Caller(origin, role.replace("_", " "), (tokens / role).read_text()) for role in ROLES}
    except FileNotFoundError as error:
        say(f"There is no token at {error.filename}. Start the system first: make start {ELSEWHERE}")
        return False
    story = Story(people, say)
    try:
        for chapter in CHAPTERS:
            chapter(story)
    except Unexpected as error:
        say(f"\nThe story stopped here: {error}")
        return False
    except requests.ConnectionError:
        say(f"Nothing answers at {origin}. Start the system first: make start {ELSEWHERE}")
        return False
    say("\nThat was his story. Every step went over HTTP, and every service heard of it by event.")
    return True
