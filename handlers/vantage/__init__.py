"""The way in for far vantages: what they push is checked, judged whose it is, and saved before it is answered."""
