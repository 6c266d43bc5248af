"""What a command of the operator's says when it cannot be carried out."""


class NotDone(Exception):
    """Nothing was changed; the message says why."""
