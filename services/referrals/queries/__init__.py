"""Reads of referrals: what a caller may see, the directory, inboxes, histories."""
