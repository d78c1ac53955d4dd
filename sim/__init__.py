"""The model: customers, enterprise functions and the roles between them."""
