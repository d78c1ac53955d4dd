"""What the answer rests on and where it flips."""
