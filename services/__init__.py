"""Three services of the same shape: registry, referrals, mentoring."""
