"""A clinic's file: read, checked, and what it becomes."""
