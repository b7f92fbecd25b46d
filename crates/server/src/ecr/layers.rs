//! Layers: uploading them in parts, and downloading them.
