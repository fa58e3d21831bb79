"""Words for templates: times, names and codes as people write them."""
