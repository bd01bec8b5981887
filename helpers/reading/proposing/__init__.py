"""Propose actors and sources for articles nobody has listed any for: drafts for a person to edit."""

from helpers.reading.proposing.drafts import draft_lists, write_draft
from helpers.reading.proposing.proposals import list_uncovered, propose_actors, propose_sources

__all__ = ["draft_lists", "list_uncovered", "propose_actors", "propose_sources", "write_draft"]
