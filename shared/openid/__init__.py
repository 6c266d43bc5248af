"""Relying on an OpenID provider: the OpenID Connect authorization code flow with PKCE, the client's side."""
