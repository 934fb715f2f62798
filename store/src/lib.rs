//! An S3 store on a local folder that verifies every signature, for development, tests and small sites.
