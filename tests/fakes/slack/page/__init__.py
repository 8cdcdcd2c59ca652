"""A plain page on which a contributor plays the people of a workspace."""
