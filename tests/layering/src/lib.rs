//! Asserts the import rules over cargo metadata.
