"""Published trials and sources, and how the model stands against them."""
