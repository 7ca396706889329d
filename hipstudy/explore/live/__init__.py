"""The explorer as a page of a running program."""
