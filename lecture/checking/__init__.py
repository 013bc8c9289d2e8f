"""What a model claims, checked against what was said."""
