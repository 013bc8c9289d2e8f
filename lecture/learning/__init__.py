"""Cards, quiz and review: how they are made, judged and kept."""
