"""What a student takes away: files of every format."""
