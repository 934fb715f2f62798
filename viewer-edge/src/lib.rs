//! The viewer service: listing, originals, thumbnails, login, the page.
