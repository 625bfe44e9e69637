"""Textual widgets that know nothing of clusters: a table, line views, bars, a prompt, an editor.

They take text as text (it is never parsed as markup), repaint only lines that changed, and move nothing by
themselves.
"""
