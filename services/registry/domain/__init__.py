"""The rules of the registry, as tables and functions that know neither HTTP nor SQL."""
