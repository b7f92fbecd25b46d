//! JSON whose members are taken as they come: of another type, they are as if they were not there; of too many, the
//! record is refused.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::MAX_PACKAGES;

/// The most values of a document with lists within lists. What is kept of one takes some hundred bytes.
const MAX_VALUES: usize = 4_000_000;

/// Reads an object, with or without a byte order mark.
pub(crate) fn read<'de, T: Deserialize<'de>>(bytes: &'de [u8]) -> Result<T, &'static str> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if !begins_with(bytes, b'{') {
        return Err("it is not a JSON object");
    }
    read_any(bytes)
}

/// Whether a document begins with `bracket`.
pub(crate) fn begins_with(bytes: &[u8], bracket: u8) -> bool {
    bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&bracket)
}

/// Reads an object that has lists within lists, where the limit on each does not bound them all.
pub(crate) fn read_nested<'de, T: Deserialize<'de>>(bytes: &'de [u8]) -> Result<T, &'static str> {
    // Every value follows one of these, and what follows within texts makes the count the more careful.
    if memchr::memchr3_iter(b',', b'[', b'{', bytes).count() > MAX_VALUES {
        return Err("it has more values than any record has");
    }
    read(bytes)
}

/// Reads a document of any type.
pub(super) fn read_any<'de, T: Deserialize<'de>>(bytes: &'de [u8]) -> Result<T, &'static str> {
    serde_json::from_slice(bytes).map_err(|error| {
        if error.is_data() { "its JSON is not of the form it should have" } else { "it is not valid JSON" }
    })
}

/// A string; empty where the member is something else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Text<'a>(pub(crate) Cow<'a, str>);

impl std::ops::Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }

            fn visit_unit<E>(self) -> Result<Text<'de>, E> {
                Ok(Text::default())
            }

            fn visit_bool<E>(self, _: bool) -> Result<Text<'de>, E> {
                Ok(Text::default())
            }

            fn visit_i64<E>(self, _: i64) -> Result<Text<'de>, E> {
                Ok(Text::default())
            }

            fn visit_u64<E>(self, _: u64) -> Result<Text<'de>, E> {
                Ok(Text::default())
            }

            fn visit_f64<E>(self, _: f64) -> Result<Text<'de>, E> {
                Ok(Text::default())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Text<'de>, A::Error> {
                while items.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Text::default())
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Text<'de>, A::Error> {
                while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Text::default())
            }
        }
        deserializer.deserialize_any(Any)
    }
}

/// The members of an object in their order, or no members where it is `null`.
#[derive(Clone, Debug)]
pub(crate) struct Members<'a, T>(pub(crate) Vec<(Text<'a>, T)>);

impl<T> Default for Members<'_, T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de: 'a, 'a, T: Deserialize<'de>> Deserialize<'de> for Members<'a, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Object<T> {
            type Value = Members<'de, T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Members::default())
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
                let mut read = Vec::new();
                while let Some(member) = members.next_entry()? {
                    if read.len() == MAX_PACKAGES {
                        return Err(A::Error::custom("too many members"));
                    }
                    read.push(member);
                }
                Ok(Members(read))
            }
        }
        deserializer.deserialize_any(Object(PhantomData))
    }
}

/// The items of an array, or no items where it is `null`.
#[derive(Clone, Debug)]
pub(crate) struct Items<T>(pub(crate) Vec<T>);

impl<T> Default for Items<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Items<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Array<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Array<T> {
            type Value = Items<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }

            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Items::default())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
                let mut read = Vec::new();
                while let Some(item) = items.next_element()? {
                    if read.len() == MAX_PACKAGES {
                        return Err(A::Error::custom("too many items"));
                    }
                    read.push(item);
                }
                Ok(Items(read))
            }
        }
        deserializer.deserialize_any(Array(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Default, Deserialize)]
    #[serde(default)]
    struct Record<'a> {
        #[serde(borrow)]
        name: Text<'a>,
        #[serde(borrow)]
        members: Members<'a, Text<'a>>,
        items: Items<u8>,
    }

    #[test]
    fn members_of_any_type() {
        fn check(json: &str, expect: Result<(&str, usize, usize), &str>) {
            let read = read::<Record<'_>>(json.as_bytes());
            let read = read.as_ref().map(|read| (&*read.name, read.members.0.len(), read.items.0.len()));
            assert_eq!(read, expect.as_ref().map(|&sizes| sizes), "{json}");
        }
        check(r#"{"name":"a","members":{"x":"1","y":[2,{"z":0}]},"items":[1,2,3],"other":[[]]}"#, Ok(("a", 2, 3)));
        check(r#"{"n\u0061me":"\u0061"}"#, Ok(("a", 0, 0)));
        check("\u{feff}{\"name\":[1,true],\"members\":null,\"items\":null}", Ok(("", 0, 0)));
        check(r#"{"name":1}"#, Ok(("", 0, 0)));
        check(r#"{"name":{"a":"b"}}"#, Ok(("", 0, 0)));
        check("3", Err("it is not a JSON object"));
        check("[]", Err("it is not a JSON object"));
        check(r#"{"items":{}}"#, Err("its JSON is not of the form it should have"));
        check(r#"{"name":"#, Err("it is not valid JSON"));
        check("", Err("it is not a JSON object"));
        check(&format!("{{\"other\":{}", "[".repeat(100_000)), Err("it is not valid JSON"));
    }

    #[test]
    fn there_is_an_end_to_it() {
        let items = format!("{{\"items\":[1{}]}}", ",1".repeat(MAX_PACKAGES));
        assert!(read::<Record<'_>>(items.as_bytes()).is_err());
        let nested = |count: usize| format!("{{\"other\":[1{}]}}", ",1".repeat(count));
        assert!(read_nested::<Record<'_>>(nested(MAX_VALUES - 2).as_bytes()).is_ok());
        assert!(read_nested::<Record<'_>>(nested(MAX_VALUES - 1).as_bytes()).is_err());
        let members = format!("{{\"members\":{{\"a\":1{}}}}}", ",\"a\":1".repeat(MAX_PACKAGES));
        assert!(read::<Record<'_>>(members.as_bytes()).is_err());
    }
}
