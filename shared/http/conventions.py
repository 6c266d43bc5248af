"""What every call to every service keeps to, in words: said at the top of each API description."""

from shared.text import BSN_MASK

CONVENTIONS = {
    "Who is calling": "Send `Authorization: Bearer <token>`. Without a valid one the answer is 401.",
    "What you may see": "What you stand in no relation to is 404, for you; what you see and may not do is 403.",
    "Errors": "Problem details (RFC 9457, `application/problem+json`). Decide by `type`, which is stable; `errors` has an entry per wrong field, by JSON pointer, query parameter or header.",
    "Changing a thing": "Send `If-Match` with the `ETag` that you read, in its quotes. Without it the answer is 428; 412 when the thing was changed since: read it again. `*` changes whatever is there.",
    "Trying again": "Send an `Idempotency-Key` of your own (1 to 100 printable characters) with a POST that makes or does something. The same key with the same request does nothing twice, for 24 hours; with another request it is 422, and 409 while the first is being worked on.",
    "Lists": 'At most `limit` things (50 unless you say, 200 at most); `Link: rel="next"` leads on, and is missing at the end.',
    "What you may do next": "Things with a lifecycle carry `available_actions`: where to post, and which fields it needs.",
    "Fields": "Unknown fields and parameters are refused. Days are YYYY-MM-DD; moments carry their offset. Answers may grow new fields.",
    "Numbers taken out": f"A citizen service number (BSN) is never kept. In a field of one line what may be one is refused (422); in a text of several lines the mark `{BSN_MASK}` is put in its place, in English whoever wrote it. Show it to people in their own language, and send it back as it is.",
    "Events": "`GET /<service>/events?after=<position>` gives what happened, in order; `wait` (5 seconds at most) answers at once when something does; `type` filters. When `epoch` changes, read again from 0.",
    "Health": "`/<service>/livez` says that the process answers, `/<service>/readyz` that it reaches its database.",
}


def as_text() -> str:
    """All of it as Markdown."""
    return "\n".join(f"- **{name}.** {text}" for name, text in CONVENTIONS.items())
