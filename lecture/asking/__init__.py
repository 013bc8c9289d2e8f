"""Questions about lectures: reading them, finding passages, keeping conversations."""
