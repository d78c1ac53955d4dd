"""What may be said in a study, and what is answered."""
