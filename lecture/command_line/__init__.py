"""What the command line does, beyond reading its arguments."""
