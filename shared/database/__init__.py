"""One database per service: how it is opened, what its columns are made of, how it is migrated."""
