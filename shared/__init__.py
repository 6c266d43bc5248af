"""What the three services have in common, and nothing that belongs to one of them."""
