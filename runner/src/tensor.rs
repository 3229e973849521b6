//! Tensors as models take and give them.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// What a tensor's numbers are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Element {
    /// 32-bit floating point.
    F32,
    /// 64-bit whole numbers.
    I64,
}

/// A tensor's numbers, the last dimension changing fastest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Numbers<'a> {
    /// See [`Element::F32`].
    F32(Cow<'a, [f32]>),
    /// See [`Element::I64`].
    I64(Cow<'a, [i64]>),
}

/// A tensor by name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tensor<'a> {
    /// Its name in the ONNX graph.
    pub name: Cow<'a, str>,
    /// Its dimensions.
    pub shape: Vec<usize>,
    /// Its numbers, as many as the shape says.
    pub numbers: Numbers<'a>,
}

impl<'a> Tensor<'a> {
    /// One of `f32`.
    #[must_use]
    pub fn floats(name: &'a str, shape: &[usize], numbers: &'a [f32]) -> Self {
        Self::of(name, shape, Numbers::F32(numbers.into()))
    }

    /// One of `i64`.
    #[must_use]
    pub fn ids(name: &'a str, shape: &[usize], numbers: &'a [i64]) -> Self {
        Self::of(name, shape, Numbers::I64(numbers.into()))
    }

    fn of(name: &'a str, shape: &[usize], numbers: Numbers<'a>) -> Self {
        Self {
            name: name.into(),
            shape: shape.to_vec(),
            numbers,
        }
    }
}

/// An input or output of a model: name, elements, dimensions (`None` may vary).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// Its name in the ONNX graph.
    pub name: Cow<'static, str>,
    /// What its numbers are; nothing where Consort knows no such kind.
    pub element: Option<Element>,
    /// Its dimensions.
    pub shape: Vec<Option<usize>>,
}

impl Slot {
    /// One of `f32`.
    #[must_use]
    pub fn floats(name: &'static str, shape: &[Option<usize>]) -> Self {
        Self {
            name: name.into(),
            element: Some(Element::F32),
            shape: shape.to_vec(),
        }
    }

    /// One of `i64`.
    #[must_use]
    pub fn ids(name: &'static str, shape: &[Option<usize>]) -> Self {
        Self {
            element: Some(Element::I64),
            ..Self::floats(name, shape)
        }
    }

    /// Whether a model whose tensor is like `self` can be driven with what is like `wanted`: where that
    /// may vary, it may, too.
    #[must_use]
    pub fn fits(&self, wanted: &Slot) -> bool {
        let one =
            |(mine, wanted): (&Option<usize>, &Option<usize>)| mine.is_none() || mine == wanted;
        self.name == wanted.name
            && self.element == wanted.element
            && self.shape.len() == wanted.shape.len()
            && self.shape.iter().zip(&wanted.shape).all(one)
    }
}
