"""mentoring: mentors, the men they guide, pathways to work-ready, and jobs that last."""
