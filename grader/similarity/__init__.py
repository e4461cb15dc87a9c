"""Work that is alike: code, and trained models that were handed in. Pairs with their evidence, never a verdict."""

from grader.similarity.finding import find_similar

__all__ = ["find_similar"]
