"""The school's pages about its families: what they see, who is linked, which links they have shared."""
