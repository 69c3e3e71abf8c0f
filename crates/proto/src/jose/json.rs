//! Strict JSON for headers, claims and key sets: no member twice, no deep nesting, integers kept
//! apart from other numbers. Two readers of one text must never see two different things.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};

use super::TokenError;
use crate::seal::constant_time_eq;

/// How many objects and arrays may stand inside one another.
const MAX_DEPTH: usize = 8;

#[derive(Debug)]
pub(crate) enum Json {
    Integer(i64),
    /// A number that is not an integer: no claim of ours is one.
    Fraction(f64),
    Text(String),
    Array(Vec<Json>),
    Object(Members),
    Flag(bool),
    /// null, or an integer beyond 64 bits: no claim we read is one.
    Other,
}

/// The members of one JSON object whose names are all different.
///
/// Each reader names the claim it wants; a member of the wrong JSON type is an error, never a
/// default.
#[derive(Debug)]
pub struct Members(BTreeMap<String, Json>);

impl Members {
    /// Reads one JSON object: UTF-8, no byte order mark, no duplicate member at any depth, at most
    /// eight levels deep, nothing behind it.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, TokenError> {
        let text = std::str::from_utf8(bytes).map_err(|_| TokenError::Malformed)?;
        let mut reader = serde_json::Deserializer::from_str(text);
        let members = reader.deserialize_map(MembersVisitor(MAX_DEPTH));
        let members = members.map_err(|_| TokenError::Malformed)?;
        reader.end().map_err(|_| TokenError::Malformed)?;
        Ok(members)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Json> {
        self.0.get(name)
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Whether the member is there at all, whatever its value.
    pub fn contains(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// A string that is there and not empty.
    pub fn text(&self, name: &'static str) -> Result<String, TokenError> {
        self.optional_text(name)?.ok_or(TokenError::Claim(name))
    }

    /// A string that is not empty, or nothing at all. `null` is not nothing.
    pub fn optional_text(&self, name: &'static str) -> Result<Option<String>, TokenError> {
        match self.get(name) {
            None => Ok(None),
            Some(Json::Text(text)) if !text.is_empty() => Ok(Some(text.clone())),
            Some(_) => Err(TokenError::Claim(name)),
        }
    }

    /// A string that is there and may be empty, as `scope` may.
    pub fn text_or_empty(&self, name: &'static str) -> Result<String, TokenError> {
        match self.get(name) {
            Some(Json::Text(text)) => Ok(text.clone()),
            _ => Err(TokenError::Claim(name)),
        }
    }

    /// An array of strings; it may be empty, it may not be missing.
    pub fn texts(&self, name: &'static str) -> Result<Vec<String>, TokenError> {
        let Some(Json::Array(items)) = self.get(name) else {
            return Err(TokenError::Claim(name));
        };
        let text = |item: &Json| match item {
            Json::Text(text) => Ok(text.clone()),
            _ => Err(TokenError::Claim(name)),
        };
        items.iter().map(text).collect()
    }

    /// An array of texts; none when the member is absent.
    pub fn texts_or_none(&self, name: &'static str) -> Result<Vec<String>, TokenError> {
        if self.contains(name) { self.texts(name) } else { Ok(Vec::new()) }
    }

    /// An object, or nothing at all.
    pub fn optional_object(&self, name: &'static str) -> Result<Option<&Self>, TokenError> {
        match self.get(name) {
            None => Ok(None),
            Some(Json::Object(members)) => Ok(Some(members)),
            Some(_) => Err(TokenError::Claim(name)),
        }
    }

    /// An object that is there.
    pub fn object(&self, name: &'static str) -> Result<&Self, TokenError> {
        self.optional_object(name)?.ok_or(TokenError::Claim(name))
    }

    /// A JSON integer, not negative.
    pub fn count(&self, name: &'static str) -> Result<i64, TokenError> {
        match self.get(name) {
            Some(Json::Integer(value)) if *value >= 0 => Ok(*value),
            _ => Err(TokenError::Claim(name)),
        }
    }
}

impl Members {
    /// The members beyond those named that are a string, an integer, `true` or `false`.
    pub(super) fn beyond(&self, known: &[&str]) -> BTreeMap<String, Extra> {
        let beyond = self.0.iter().filter(|(name, _)| !known.contains(&name.as_str()));
        beyond.filter_map(|(name, value)| Some((name.clone(), Extra::of(value)?))).collect()
    }
}

/// A claim that none of the standards names: what an application adds to its tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Extra {
    /// `true` or `false`.
    Flag(bool),
    /// An integer.
    Number(i64),
    /// A string.
    Text(String),
}

impl Extra {
    /// Whether it is this text, compared in constant time: some claims are half of a secret.
    pub fn is_text(&self, given: &str) -> bool {
        matches!(self, Self::Text(text) if constant_time_eq(text.as_bytes(), given.as_bytes()))
    }

    fn of(value: &Json) -> Option<Self> {
        match value {
            Json::Flag(flag) => Some(Self::Flag(*flag)),
            Json::Integer(number) => Some(Self::Number(*number)),
            Json::Text(text) => Some(Self::Text(text.clone())),
            Json::Fraction(_) | Json::Array(_) | Json::Object(_) | Json::Other => None,
        }
    }
}

struct Value(usize);

impl<'de> DeserializeSeed<'de> for Value {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Json, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Flag(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Integer(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Json, E> {
        Ok(i64::try_from(value).map_or(Json::Other, Json::Integer))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Json, E> {
        Ok(Json::Fraction(value))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Json, E> {
        Ok(Json::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let depth = self.0.checked_sub(1).ok_or_else(|| A::Error::custom("too deep"))?;
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(Value(depth))? {
            array.push(item);
        }
        Ok(Json::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Json, A::Error> {
        MembersVisitor(self.0).visit_map(members).map(Json::Object)
    }
}

struct MembersVisitor(usize);

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut source: A) -> Result<Members, A::Error> {
        let depth = self.0.checked_sub(1).ok_or_else(|| A::Error::custom("too deep"))?;
        let mut members = BTreeMap::new();
        while let Some(name) = source.next_key::<String>()? {
            let value = source.next_value_seed(Value(depth))?;
            if members.insert(name, value).is_some() {
                return Err(A::Error::custom("a member stands twice"));
            }
        }
        Ok(Members(members))
    }
}
