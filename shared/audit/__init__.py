"""The audit: who did or saw what of whom, when and by what right; kept, sealed, verified, told in words."""
