"""Pure nouns and rules of a staged contest."""
