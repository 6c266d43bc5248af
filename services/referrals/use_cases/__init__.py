"""What people do with referrals and the directory: one function each, a module per resource."""
