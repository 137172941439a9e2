"""What all else rests on: errors, places, dates and the door to the database. Knows nothing of partners."""
