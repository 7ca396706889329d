"""Many reports in one go: of a folder's files or of a grid of settings, and the list of them."""
