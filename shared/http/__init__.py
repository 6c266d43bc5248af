"""The HTTP conventions, built once: a service declares routes, and everything else follows from them."""
