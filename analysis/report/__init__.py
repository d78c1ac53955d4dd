"""The board pack: findings written from the numbers by rules, as a page, a deck and a workbook."""
