"""From levers to hours, ties, efforts and rates."""
