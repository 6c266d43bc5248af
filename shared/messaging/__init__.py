"""How services tell each other what happened: docs/delivery-guarantees.md says what is promised."""
