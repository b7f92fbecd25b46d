//! Domain values as SQLite stores them.

use std::error::Error;
use std::str::FromStr;

use plimsoll_oci::{Algorithm, Digest};
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};

use crate::{AccountId, Timestamp};

const SHA256: u8 = 1;
const SHA512: u8 = 2;

/// A digest as one byte of algorithm and the hash value.
pub(crate) struct DigestBytes {
    bytes: [u8; 65],
    length: usize,
}

impl From<&Digest> for DigestBytes {
    fn from(digest: &Digest) -> Self {
        let value = digest.as_bytes();
        let length = value.len() + 1;
        let mut bytes = [0; 65];
        bytes[0] = match digest.algorithm() {
            Algorithm::Sha256 => SHA256,
            Algorithm::Sha512 => SHA512,
        };
        bytes[1..length].copy_from_slice(value);
        Self { bytes, length }
    }
}

impl ToSql for DigestBytes {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(ValueRef::Blob(&self.bytes[..self.length])))
    }
}

/// A column that holds a value of the domain.
pub(crate) struct Column<T>(pub(crate) T);

impl FromSql for Column<Digest> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let digest = match value.as_blob()?.split_first() {
            Some((&SHA256, value)) => value.try_into().ok().map(Digest::Sha256),
            Some((&SHA512, value)) => value.try_into().ok().map(Digest::Sha512),
            _ => None,
        };
        digest.map(Self).ok_or(FromSqlError::InvalidType)
    }
}

impl FromSql for Column<AccountId> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let number = value.as_i64()?;
        AccountId::from_number(number).map(Self).ok_or(FromSqlError::OutOfRange(number))
    }
}

/// Text that a type of the vocabulary checks when it is parsed.
pub(crate) struct Parsed<T>(pub(crate) T);

impl<T> FromSql for Parsed<T>
where
    T: FromStr,
    T::Err: Error + Send + Sync + 'static,
{
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_str()?.parse().map(Self).map_err(FromSqlError::other)
    }
}

impl ToSql for Timestamp {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        self.0.to_sql()
    }
}

impl FromSql for Timestamp {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_i64().map(Self)
    }
}

/// A limit as SQLite takes it.
pub(crate) fn limit(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
