"""What each report says: words, tables and figures of a study."""
