"""The rules of referrals, as tables and functions that know neither HTTP nor SQL."""
