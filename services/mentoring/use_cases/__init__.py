"""What people do in mentoring: one function each, a module per resource."""
