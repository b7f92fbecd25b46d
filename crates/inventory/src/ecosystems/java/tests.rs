mod archives;
mod names;
mod poms;
