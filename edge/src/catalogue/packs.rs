//! The packs that the index names.

use gallery::download::packs::{self, Set};
use platform::{Cx, Error, Platform};

use super::{Catalogue, unreadable};

impl Catalogue {
    /// All packs that hold what the catalogue says now.
    pub async fn packs<P: Platform>(&self, cx: &Cx<'_, P>) -> Result<Vec<Set>, Error> {
        let text = self.current(cx, async |index| {
            let Some(part) = index.packs() else { return Ok(Some(None)) };
            Ok(self.whole(cx, &part).await?.map(Some))
        });
        text.await?.map_or(Ok(Vec::new()), |text| packs::parse(&text).map_err(unreadable))
    }
}
