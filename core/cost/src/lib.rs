//! What the gallery costs: the operations of a request and of a visit, prices with their sources, and the sums.
//!
//! Three readers share this crate, so that they cannot disagree. The contract's tests assert the operations on every
//! host. `edge-gallery cost` multiplies them with prices. `docs/COST.md` has its tables from here. All arithmetic is on
//! whole numbers: a price is a number of picodollars (10^-12 US$) for one unit.

mod bill;
mod crowd;
mod host;
mod line;
mod original;
mod price;
mod report;
mod request;
mod tables;
mod text;
mod visit;

pub use bill::Bill;
pub use crowd::Crowd;
pub use host::Host;
pub use line::{Line, Range};
pub use price::{PRICES, Price, Source, Unit};
pub use report::report;
pub use request::{Calls, Catalogue, Instance, LOOK, Request};
pub use tables::tables;
pub use visit::{Event, HEADER_BYTES, Step};
