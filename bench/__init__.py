"""Speed, always as a ratio of two figures measured in the same run."""
