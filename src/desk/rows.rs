//! Rows by id and by host, so that nothing walks over all of them: a list of all sessions has tens of thousands.

use std::collections::HashMap;

use super::findings::Row;
use crate::arm::SessionHost;

/// Rows in the order in which they came, each session once.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    list: Vec<Row>,
    by_key: HashMap<String, usize>,
    by_host: HashMap<String, Vec<usize>>,
}

impl Rows {
    pub fn list(&self) -> &[Row] {
        &self.list
    }

    pub fn get(&self, key: &str) -> Option<&Row> {
        self.by_key.get(key).and_then(|&at| self.list.get(at))
    }

    /// A row never moves: what is heard of it later takes its place.
    pub fn put(&mut self, row: Row) {
        let key = row.key();
        match self.by_key.get(&key).and_then(|&at| self.list.get_mut(at)) {
            Some(known) => *known = row,
            None => {
                let at = self.list.len();
                self.by_host.entry(row.host_key()).or_default().push(at);
                self.by_key.insert(key, at);
                self.list.push(row);
            }
        }
    }

    /// Only the rows of that host are touched.
    pub fn set_host(&mut self, key: &str, host: &SessionHost) {
        for &at in self.by_host.get(key).into_iter().flatten() {
            if let Some(row) = self.list.get_mut(at) {
                row.host = Some(host.clone());
            }
        }
    }

    /// Takes a row out. Walks over all of them, so not for many.
    pub fn remove(&mut self, key: &str) {
        if self.by_key.contains_key(key) {
            let list = std::mem::take(self).list;
            list.into_iter()
                .filter(|row| row.key() != key)
                .for_each(|row| self.put(row));
        }
    }
}
