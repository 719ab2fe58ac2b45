"""What registers send: entries as received, and the projector that posts or quarantines each one."""
