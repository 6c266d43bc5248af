"""Reads of mentoring: what a caller may see, and lists."""
