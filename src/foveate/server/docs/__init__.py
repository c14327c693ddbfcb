"""The pages at `/docs`: the documents of the repository, as they lie there, and what tables say.

`tree` finds them, `markdown` renders one, `search` makes the index of all, `openapi` and `builder`
write the pages that are made of tables, and `site` answers.
"""
