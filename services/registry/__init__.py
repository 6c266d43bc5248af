"""registry: sheds, the men who come to them, their consents, their timelines, and the programme figures."""
