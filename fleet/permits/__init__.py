"""Use permits and plate cards: from the application to the card behind the windscreen."""
