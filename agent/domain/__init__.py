"""What the trade knows. Pure: no Qt, SQL, files, clock, network or logging; HQ imports it too."""
