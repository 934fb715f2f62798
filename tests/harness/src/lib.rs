//! Starts and stops real hosts for tests, development and CI.
