"""What people do in the registry: one function each, a module per resource."""
