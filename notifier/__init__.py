"""The mail side: subscribers in their own private database, digests, deliveries, senders."""
