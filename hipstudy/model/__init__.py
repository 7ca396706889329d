"""What training does to a runner."""
