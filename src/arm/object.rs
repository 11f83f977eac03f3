//! JSON objects that have to be objects.
//!
//! What serde derives for a struct takes a JSON array too, by position, and an empty one where every field has a
//! default: `[]` would be read as a list that is there and holds nothing.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, MapAccess, Visitor};

/// A `T` that was written as an object.
pub(super) struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Fields(PhantomData))
    }
}

/// Reads an answer to whatever was asked: it is always an object.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    serde_json::from_slice::<Object<T>>(body).ok().map(|object| object.0)
}

struct Fields<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Fields<T> {
    type Value = Object<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<Self::Value, M::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Object)
    }
}

#[cfg(test)]
mod tests {
    use super::Object;

    #[derive(serde::Deserialize)]
    struct List {
        #[serde(default)]
        value: Option<Vec<u8>>,
    }

    #[test]
    fn an_array_is_no_object() {
        let read = |text| serde_json::from_str::<Object<List>>(text).map(|list| list.0.value);
        assert_eq!(read(r#"{"value":[1]}"#).unwrap(), Some(vec![1]));
        assert_eq!(read("{}").unwrap(), None);
        for text in ["[]", "[[1]]", "null", "1"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
