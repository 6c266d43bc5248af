"""What the pages of all three services are made of."""
