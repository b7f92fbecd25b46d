//! Repositories: making, describing and deleting them, and whether their tags may be moved.
