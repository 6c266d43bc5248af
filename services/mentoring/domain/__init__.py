"""The rules of mentoring, as tables and functions that know neither HTTP nor SQL."""
