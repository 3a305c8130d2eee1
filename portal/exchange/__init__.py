"""What comes in from other systems and goes out to them: importing, its maps and its runs."""
