"""The settings of the extension: what there are, what is wrong with a draft, how they are read and written."""
