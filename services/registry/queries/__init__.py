"""Reads of the registry: what a caller may see, lists, searches, the timeline and the figures."""
