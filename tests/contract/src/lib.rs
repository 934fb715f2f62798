//! The HTTP contract of both services, against any base URL.
