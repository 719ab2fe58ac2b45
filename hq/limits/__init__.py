"""Programs with limits: how often each was used over all registers, and each register's share of a total."""
