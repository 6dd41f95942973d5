//! Bytes: files on disk, open buffers, blobs of the deployed tree from git, and the configuration.

pub mod base;
pub mod config;
pub mod django_version;
pub mod environment;
pub mod files;
pub mod git;
pub mod kind;
pub mod near;
pub mod note;
pub mod project;
pub mod requirements;
pub mod variables;
pub mod vendor;
pub mod version;

#[cfg(test)]
mod test_repository;
