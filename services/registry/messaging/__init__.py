"""What the registry tells the other services, and what it does about what they tell."""
