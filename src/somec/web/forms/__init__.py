"""What people type in, checked and explained field by field."""
