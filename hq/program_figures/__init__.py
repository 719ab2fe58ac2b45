"""What each program gave and took back, by store and business date."""
