//! Many rows at once: those of a view, or of a selection.

use gallery::{
    MediaKey,
    media::{Media, MediaType},
    views::{Part, Unreadable, View, shards},
};
use platform::{Cx, Error, Platform, Value};

use super::{Catalogue, inflated, shelf::Shelf, sql, unreadable};

/// How many rows are read from a database at a time.
const AT_ONCE: usize = 500;
/// How many items are found one by one in a snapshot. For more, all rows are read.
const FEW: usize = 8;

impl Catalogue {
    /// The version of the catalogue: it changes whenever something else is published.
    pub async fn version<P: Platform>(&self, cx: &Cx<'_, P>) -> Result<String, Error> {
        Ok(self.index(cx).await?.version.clone())
    }

    /// Whether there is a view of this name, and its title if it is an album.
    pub async fn title<P: Platform>(&self, cx: &Cx<'_, P>, view: &View) -> Result<Option<Option<String>>, Error> {
        self.current(cx, async |index| Ok(self.head(cx, index, view).await?.map(|head| head.map(|head| head.title))))
            .await
    }

    /// The first of these views that there is. An album is gone with its folder, and its links stay.
    pub async fn first<P: Platform>(&self, cx: &Cx<'_, P>, views: &[View]) -> Result<Option<View>, Error> {
        for view in views {
            if self.title(cx, view).await?.is_some() {
                return Ok(Some(view.clone()));
            }
        }
        Ok(None)
    }

    /// Calls `take` with each item of a view, in any order.
    pub async fn of_view<P: Platform>(
        &self,
        cx: &Cx<'_, P>,
        view: &View,
        mut take: impl FnMut(Media),
    ) -> Result<(), Error> {
        let mut take = |media: Media| {
            if view.covers(media.r#type, &media.albums) {
                take(media);
            }
        };
        if matches!(self.shelf, Shelf::Bucket(_)) {
            return self.all_in_shards(cx, take).await;
        }
        // An album of a few items costs one query, however large the library is.
        let (condition, wanted) = match view.name() {
            View::EVERYTHING => ("?3 = ''", ""),
            View::PHOTOS => ("type = ?3", MediaType::Image.name()),
            View::FILMS => ("type = ?3", MediaType::Video.name()),
            album => ("instr(',' || albums || ',', ',' || ?3 || ',') > 0", album),
        };
        let statement = format!("{} WHERE key > ?1 AND {condition} ORDER BY key LIMIT ?2", sql::SELECT);
        let mut after = String::new();
        loop {
            let limit = Value::Integer(i64::try_from(AT_ONCE).unwrap_or(i64::MAX));
            let rows = cx.read_sql(&statement, &[after.as_str().into(), limit, wanted.into()]).await?;
            let is_last = rows.len() < AT_ONCE;
            for row in rows {
                let media = sql::media(row)?;
                after.clone_from(&media.key);
                take(media);
            }
            if is_last {
                return Ok(());
            }
        }
    }

    /// Calls `take` with each of the items that have one of these keys, in any order. Each key is there once.
    pub async fn of_keys<P: Platform>(
        &self,
        cx: &Cx<'_, P>,
        keys: &[&str],
        mut take: impl FnMut(Media),
    ) -> Result<(), Error> {
        if matches!(self.shelf, Shelf::Sql) {
            for some in keys.chunks(AT_ONCE) {
                let places: Vec<String> = (1..=some.len()).map(|number| format!("?{number}")).collect();
                let statement = format!("{} WHERE key IN ({})", sql::SELECT, places.join(","));
                let parameters: Vec<Value> = some.iter().map(|key| (*key).into()).collect();
                for row in cx.read_sql(&statement, &parameters).await? {
                    take(sql::media(row)?);
                }
            }
            return Ok(());
        }
        if keys.len() > FEW {
            let wanted: std::collections::HashSet<&str> = keys.iter().copied().collect();
            let take = |media: Media| {
                if wanted.contains(media.key.as_str()) {
                    take(media);
                }
            };
            return self.all_in_shards(cx, take).await;
        }
        for key in keys.iter().filter_map(|key| MediaKey::parse(*key).ok()) {
            if let Some(media) = Box::pin(self.in_shard(cx, &key, shards::item)).await? {
                take(media);
            }
        }
        Ok(())
    }

    async fn all_in_shards<P: Platform>(&self, cx: &Cx<'_, P>, mut take: impl FnMut(Media)) -> Result<(), Error> {
        // All rows of one index, or of the next one if a part is gone: an item may have moved between two parts.
        let all = self.current(cx, async |index| {
            let mut texts = Vec::new();
            for (part, lengths) in index.shards().map_err(unreadable)? {
                let length = u32::try_from(lengths.iter().sum::<u64>()).map_err(|_| unreadable(Unreadable))?;
                let whole = self.whole(cx, &Part::new(part.to_owned(), length)).await?;
                let Some(mut whole) = whole else { return Ok(None) };
                for length in lengths.into_iter().filter(|length| *length > 0) {
                    let length = usize::try_from(length).unwrap_or(usize::MAX).min(whole.len());
                    texts.push(whole.split_to(length));
                }
            }
            Ok(Some(texts))
        });
        for gzip in all.await? {
            let text = inflated(&gzip, shards::MAX_BYTES)?;
            for line in text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
                take(serde_json::from_slice(line).map_err(|_| unreadable(Unreadable))?);
            }
        }
        Ok(())
    }
}
