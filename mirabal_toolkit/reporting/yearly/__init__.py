"""A year of a programme in one document: referrals, engagement, completion, and outcomes by source."""
