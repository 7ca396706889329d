"""The explorer as one offline file."""
