"""The programme figures as those may read them who may not know any person."""

from typing import Any

from services.registry.domain.suppression import hide_one, hide_small


def without_small_numbers(figures: dict[str, Any], smallest: int) -> dict[str, Any]:
    """The same figures with small numbers hidden (null), and what could be had from them by subtraction."""
    men, referrals, jobs = figures["men"], figures["referrals"], figures["jobs"]
    answer_time = referrals["answer_time"]
    few_answers = 0 < answer_time["answered"] < smallest
    return figures | {
        "men": {
            "taking_part": hide_one(men["taking_part"], smallest),
            "by_neighbourhood": hide_small(men["by_neighbourhood"], smallest),
        },
        "participation": {
            "weeks": [_hide(week, smallest) for week in figures["participation"]["weeks"]],
            "quarters": [_hide(quarter, smallest) for quarter in figures["participation"]["quarters"]],
        },
        "referrals": {
            "requested": hide_one(referrals["requested"], smallest),
            "by_state": hide_small(referrals["by_state"], smallest),
            "by_need": hide_small(referrals["by_need"], smallest),
            "answer_time": dict.fromkeys(answer_time)
            if few_answers
            else kept_and_late(answer_time, smallest),
        },
        "work_ready": {"men": hide_one(figures["work_ready"]["men"], smallest)},
        "jobs": {
            "men": hide_one(jobs["men"], smallest),
            "all": hide_one(jobs["all"], smallest),
            "at_13_weeks": hide_small(jobs["at_13_weeks"], smallest),
            "at_26_weeks": hide_small(jobs["at_26_weeks"], smallest),
        },
        "hidden_below": smallest,
    }


def kept_and_late(answer_time: dict[str, Any], smallest: int) -> dict[str, Any]:
    """Few who kept their promise are hidden, and so are few who did not: either tells the other."""
    kept = answer_time["within_promise"]
    shown = hide_small({"kept": kept, "late": answer_time["answered"] - kept}, smallest)
    return answer_time | {"within_promise": shown["kept"]}


def _hide(row: dict[str, Any], smallest: int) -> dict[str, Any]:
    counts = ("men", "anonymous_headcount", "men_in_half_the_weeks")
    return {name: hide_one(value, smallest) if name in counts else value for name, value in row.items()}
