"""referrals: care organisations and their services, and referrals from sending to outcome."""
