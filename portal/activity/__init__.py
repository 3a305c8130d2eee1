"""What went on between us and a customer: what each was told, and the trail of every change."""
