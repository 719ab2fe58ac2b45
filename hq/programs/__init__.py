"""Program sets as published: content-addressed, versioned, one active."""
