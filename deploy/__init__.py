"""The commands that start things, and how the services are put together to run."""
