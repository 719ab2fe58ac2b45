"""What a shop does at its register, one file for each thing. No Qt, no SQL, no network."""
