//! The input constraints of the Amazon ECR operations, as its service models state them.
//!
//! `ecr.rs`, `ecr_public.rs` and `patterns.rs` are written by `cargo xtask model --botocore DIR`; what they mean is here,
//! in `matcher.rs`, and in [`super::validate`].

mod ecr;
mod ecr_public;
mod matcher;
mod patterns;

pub(crate) use matcher::matches;
pub(crate) use patterns::Pattern;

/// An operation of a service.
#[derive(Debug)]
pub(crate) struct Operation {
    /// Its name, as in `X-Amz-Target`.
    pub(crate) name: &'static str,
    /// What its input has to be.
    pub(crate) input: &'static Shape,
    /// The error it declares for input that breaks a constraint.
    pub(crate) violation: &'static str,
}

/// What a value has to be.
#[derive(Debug)]
pub(crate) enum Shape {
    /// A JSON object. Members that are not named here are ignored.
    Structure(&'static [Member]),
    /// An array.
    List(&'static Shape, Range),
    /// A string.
    Text(Text),
    /// A whole number.
    Number(Range),
    /// `true` or `false`.
    Boolean,
    /// Bytes, as base64.
    Blob(Range),
}

/// A member of a structure.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: &'static str,
    pub(crate) required: bool,
    pub(crate) shape: &'static Shape,
}

/// The least and the greatest length, count or value.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Range {
    pub(crate) min: Option<i64>,
    pub(crate) max: Option<i64>,
}

/// What a string has to be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text {
    pub(crate) length: Range,
    pub(crate) pattern: Option<Pattern>,
    /// The values it can have; all if there are none here.
    pub(crate) values: &'static [&'static str],
}

/// The operations of `ecr`, by their name.
pub(crate) const fn ecr() -> &'static [Operation] {
    ecr::OPERATIONS
}

/// The operations of `ecr-public`, by their name.
pub(crate) const fn ecr_public() -> &'static [Operation] {
    ecr_public::OPERATIONS
}

const ANY: Range = Range { min: None, max: None };

const fn operation(name: &'static str, input: &'static Shape, violation: &'static str) -> Operation {
    Operation { name, input, violation }
}

const fn structure(members: &'static [Member]) -> Shape {
    Shape::Structure(members)
}

const fn required(name: &'static str, shape: &'static Shape) -> Member {
    Member { name, required: true, shape }
}

const fn optional(name: &'static str, shape: &'static Shape) -> Member {
    Member { name, required: false, shape }
}

const fn list(member: &'static Shape) -> Shape {
    Shape::List(member, ANY)
}

const fn text() -> Shape {
    Shape::Text(Text { length: ANY, pattern: None, values: &[] })
}

const fn number() -> Shape {
    Shape::Number(ANY)
}

const fn blob() -> Shape {
    Shape::Blob(ANY)
}

impl Shape {
    const fn min(self, min: i64) -> Self {
        self.ranged(Some(min), None)
    }

    const fn max(self, max: i64) -> Self {
        self.ranged(None, Some(max))
    }

    const fn ranged(mut self, min: Option<i64>, max: Option<i64>) -> Self {
        let range = match &mut self {
            Self::Structure(_) | Self::Boolean => return self,
            Self::List(_, range) | Self::Number(range) | Self::Blob(range) => range,
            Self::Text(text) => &mut text.length,
        };
        if min.is_some() {
            range.min = min;
        }
        if max.is_some() {
            range.max = max;
        }
        self
    }

    const fn pattern(mut self, pattern: Pattern) -> Self {
        if let Self::Text(text) = &mut self {
            text.pattern = Some(pattern);
        }
        self
    }

    const fn values(mut self, values: &'static [&'static str]) -> Self {
        if let Self::Text(text) = &mut self {
            text.values = values;
        }
        self
    }
}
