//! What Consort and its runner say to each other: one request, one answer, each a frame of eight bytes
//! that say how long it is (little-endian) and as many bytes in postcard's format.

use std::borrow::Cow;
use std::ffi::OsString;
use std::io::{self, Read, Write};

use serde::{Deserialize, Serialize};

use crate::onnx::Usage;
use crate::provider::{Found, Provider};
use crate::tensor::{Slot, Tensor};

/// Of what is said here; the two of another version don't understand each other.
pub const VERSION: u32 = 1;

/// Longest frame, bytes: many times a model or what one gives.
const MOST: u64 = 1 << 31;

/// What Consort asks.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub enum Request<'a> {
    /// First of all, once.
    Open(Open),
    /// Loads a model.
    Load(Load<'a>),
    /// Runs one.
    Run(Run<'a>),
    /// Unloads some.
    Unload(Vec<u32>),
}

/// Which ONNX Runtime.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Open {
    /// See [`VERSION`].
    pub version: u32,
    /// ONNX Runtime itself, or a plugin for it with a provider; an absolute path.
    pub library: OsString,
    /// The ONNX Runtime that plugins are registered with.
    pub own: Option<OsString>,
    /// Threads that a model may use, 1 or more.
    pub threads: usize,
}

/// Which model, and what is to run it.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Load<'a> {
    /// What is to run it.
    pub provider: Provider,
    /// The device, as it was [`Found`].
    pub device: Cow<'a, str>,
    /// How often it will run.
    pub usage: Usage,
    /// What is in its file.
    #[serde(with = "bytes")]
    pub onnx: Cow<'a, [u8]>,
}

/// Which model, and on what.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Run<'a> {
    /// As [`Answer::Loaded`] said.
    pub model: u32,
    /// Its inputs.
    pub inputs: Vec<Tensor<'a>>,
    /// Names of the outputs that are wanted.
    pub outputs: Vec<Cow<'a, str>>,
}

/// What the runner answers.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    /// ONNX Runtime is there.
    Opened {
        /// See [`VERSION`].
        version: u32,
        /// ONNX Runtime's version, such as `1.31.1`.
        runtime: String,
        /// What there is to compute with; the CPU isn't said.
        found: Vec<Found>,
    },
    /// A model is in memory.
    Loaded {
        /// Its number.
        model: u32,
        /// Its inputs.
        inputs: Vec<Slot>,
        /// Its outputs.
        outputs: Vec<Slot>,
    },
    /// What it gave, in the order asked for.
    Ran(Vec<Vec<f32>>),
    /// They are unloaded.
    Unloaded,
    /// That can't be done: why, without a full stop.
    Fault(String),
}

/// The frame's bytes, its length first.
///
/// # Errors
/// Where it can't be written in this format, or is too long.
pub fn frame<T: Serialize>(message: &T) -> io::Result<Vec<u8>> {
    let mut bytes = postcard::to_extend(message, vec![0; 8]).map_err(io::Error::other)?;
    let length = (bytes.len() - 8) as u64;
    if length > MOST {
        return Err(io::Error::other("that is too much for one model"));
    }
    bytes[..8].copy_from_slice(&length.to_le_bytes());
    Ok(bytes)
}

/// Writes a frame.
///
/// # Errors
/// As [`frame`], and those of the pipe.
pub fn write<T: Serialize>(to: &mut impl Write, message: &T) -> io::Result<()> {
    to.write_all(&frame(message)?)?;
    to.flush()
}

/// Reads the bytes of a frame; nothing at the pipe's end. Takes no more memory than has come.
///
/// # Errors
/// Those of the pipe; where it ends within a frame; where none can be so long.
pub fn read(from: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut length = Vec::new();
    from.by_ref().take(8).read_to_end(&mut length)?;
    if length.is_empty() {
        return Ok(None);
    }
    let length = length.try_into().map(u64::from_le_bytes);
    let length = length.map_err(|_| io::Error::from(io::ErrorKind::UnexpectedEof))?;
    if length > MOST {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut bytes = Vec::new();
    from.by_ref().take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 != length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Some(bytes))
}

/// What a frame says.
///
/// # Errors
/// Where it says nothing in this format, or more than one thing.
pub fn understand<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> io::Result<T> {
    match postcard::take_from_bytes(bytes) {
        Ok((message, [])) => Ok(message),
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}

/// Bytes as a whole, not one by one.
mod bytes {
    use std::borrow::Cow;

    use serde::de::{Deserializer, Error, Visitor};
    use serde::ser::Serializer;

    pub fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_bytes(bytes)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Cow<'static, [u8]>, D::Error> {
        struct Bytes;
        impl Visitor<'_> for Bytes {
            type Value = Vec<u8>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("bytes")
            }

            fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
                Ok(bytes.to_vec())
            }
        }
        from.deserialize_bytes(Bytes).map(Cow::Owned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn round(request: &Request<'_>) {
        let framed = frame(request).expect("a frame");
        let read = read(&mut framed.as_slice()).expect("one").expect("whole");
        assert_eq!(&understand::<Request<'_>>(&read).expect("said"), request);
    }

    #[test]
    fn what_is_said_is_understood() {
        round(&Request::Open(Open {
            version: VERSION,
            library: "/a b/ü.so".into(),
            own: Some("c".into()),
            threads: 3,
        }));
        round(&Request::Load(Load {
            provider: Provider::OpenVino,
            device: "GPU.1".into(),
            usage: Usage::Once,
            onnx: Cow::Borrowed(&[0, 255, 7]),
        }));
        round(&Request::Run(Run {
            model: 9,
            inputs: vec![
                Tensor::floats("x", &[1, 2], &[0.5, -1e-9]),
                Tensor::ids("i", &[1], &[i64::MIN]),
            ],
            outputs: vec!["y".into()],
        }));
        round(&Request::Unload(vec![3, 4]));
        let answer = Answer::Ran(vec![vec![f32::MAX, 0.0], Vec::new()]);
        let framed = frame(&answer).expect("a frame");
        assert_eq!(understand::<Answer>(&framed[8..]).expect("said"), answer);
        assert!(
            understand::<Answer>(&[&framed[8..], &[0]].concat()).is_err(),
            "and a word more"
        );
    }

    #[test]
    fn half_frames_and_endless_ones_are_refused() {
        assert_eq!(read(&mut [].as_slice()).expect("an end"), None);
        let framed = frame(&Request::Unload(vec![1])).expect("a frame");
        for cut in 1..framed.len() {
            assert!(read(&mut &framed[..cut]).is_err(), "{cut}");
        }
        let endless = u64::MAX.to_le_bytes();
        assert!(read(&mut endless.as_slice()).is_err());
    }

    proptest! {
        #[test]
        fn whatever_comes_does_no_harm(noise in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = read(&mut noise.as_slice());
            let _ = understand::<Answer>(&noise);
            let _ = understand::<Request<'_>>(&noise);
        }

        #[test]
        fn nor_does_what_was_changed_on_its_way(
            at in 0usize..10_000,
            to in any::<u8>(),
            numbers in proptest::collection::vec(any::<f32>(), 0..40),
        ) {
            let mut framed = frame(&Answer::Ran(vec![numbers.clone(), numbers])).unwrap();
            let at = at % framed.len();
            framed[at] = to;
            if let Ok(Some(bytes)) = read(&mut framed.as_slice()) {
                let _ = understand::<Answer>(&bytes);
            }
        }
    }
}
