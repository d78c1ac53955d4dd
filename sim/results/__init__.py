"""What a run says: measures, customers, events, money."""
