"""Language models as writers: local ones, and servers."""
