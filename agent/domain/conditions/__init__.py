"""What must be true before a program gives something: one file for each, `check(...)` answers with a refusal or None."""
