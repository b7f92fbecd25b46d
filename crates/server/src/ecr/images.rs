//! Images: putting, getting, listing, describing, archiving and deleting them.
