//! Bytes: files on disk, open buffers, blobs of the deployed tree from git, and the configuration.

pub mod config;
