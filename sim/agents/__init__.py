"""Who acts: customers, enterprise functions, and the roles that coordinate them."""
