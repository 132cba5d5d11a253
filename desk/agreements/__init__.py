"""The pages of agreements on service levels: the list, one as a document, its editor, what both sides say to it."""
