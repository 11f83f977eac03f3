//! [`Storage`] by sessionStorage, which belongs to this tab alone.

use crate::ports::{Storage, StorageRefused};

/// The tab's sessionStorage, where the browser allows it.
pub(super) struct TabStorage;

impl TabStorage {
    fn open() -> Option<web_sys::Storage> {
        web_sys::window()?.session_storage().ok()?
    }
}

impl Storage for TabStorage {
    fn get(&self, key: &str) -> Option<String> {
        Self::open()?.get_item(key).ok()?
    }

    fn set(&self, key: &str, value: &str) -> Result<(), StorageRefused> {
        Self::open()
            .ok_or(StorageRefused)?
            .set_item(key, value)
            .map_err(|_| StorageRefused)
    }

    fn remove(&self, key: &str) {
        if let Some(storage) = Self::open() {
            // Removing fails only where there is nothing to remove from.
            let _ = storage.remove_item(key);
        }
    }
}
