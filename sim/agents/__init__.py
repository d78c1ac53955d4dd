"""Who acts each week, and customers as Mesa agents."""
