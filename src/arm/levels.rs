//! What the tab keeps of the buckets' levels, so that a page that is loaded again, or has left for a sign-in and come
//! back, does not take for full what the load before it has drawn from.
//!
//! Subscription ids and figures, nothing secret. A storage that takes nothing costs the knowledge and nothing more: then
//! the page may meet a 429, and waits.

use std::rc::Rc;

use super::buckets::{Bucket, Kept};
use super::request::BucketKey;
use crate::ports::Storage;

const KEY: &str = "avd-logoff.levels";

/// The tab's memory for the buckets.
pub(super) struct Levels(Rc<dyn Storage>);

impl Levels {
    /// Over this storage.
    pub fn new(storage: Rc<dyn Storage>) -> Self {
        Self(storage)
    }

    /// The buckets that an earlier load of the page has drawn from. What cannot be read is left out.
    pub fn kept(&self) -> Vec<(BucketKey, Bucket)> {
        let text = self.0.get(KEY).unwrap_or_default();
        let kept: Vec<(BucketKey, Kept)> = serde_json::from_str(&text).unwrap_or_default();
        kept.into_iter()
            .filter_map(|(key, kept)| {
                let bucket = Bucket::resume(key.class, kept)?;
                Some((key, bucket))
            })
            .collect()
    }

    /// Keeps these.
    pub fn keep<'a>(&self, buckets: impl Iterator<Item = (&'a BucketKey, &'a Bucket)>) {
        let kept: Vec<_> = buckets.map(|(key, bucket)| (key, bucket.to_keep())).collect();
        if let Ok(text) = serde_json::to_string(&kept) {
            let _ = self.0.set(KEY, &text);
        }
    }

    /// Keeps nothing.
    pub fn forget(&self) {
        self.0.remove(KEY);
    }
}
