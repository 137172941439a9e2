"""Lines → histories: who was on the roster when, what was earned and known when, and where every line went."""
