//! Bytes in memory, as VST3 reads and writes them.

use std::cell::RefCell;
use std::ffi::c_void;

use vst3::Class;
use vst3::Steinberg::IBStream_::IStreamSeekMode_::{
    kIBSeekCur as SEEK_CUR, kIBSeekEnd as SEEK_END,
};
use vst3::Steinberg::{IBStream, IBStreamTrait, kInvalidArgument, kResultOk, tresult};

#[derive(Default)]
pub struct Stream(RefCell<(Vec<u8>, usize)>);

impl Stream {
    /// One to be read from its start.
    pub fn holding(bytes: Vec<u8>) -> Stream {
        Stream(RefCell::new((bytes, 0)))
    }

    /// All that is in it.
    pub fn bytes(&self) -> Vec<u8> {
        self.0.borrow().0.clone()
    }
}

impl Class for Stream {
    type Interfaces = (IBStream,);
}

impl IBStreamTrait for Stream {
    unsafe fn read(&self, to: *mut c_void, most: i32, count: *mut i32) -> tresult {
        let (bytes, at) = &mut *self.0.borrow_mut();
        let some = &bytes[*at..bytes.len().min(*at + most.max(0) as usize)];
        // SAFETY: there is room for `most`.
        unsafe { std::ptr::copy_nonoverlapping(some.as_ptr(), to.cast(), some.len()) };
        // SAFETY: null, or the caller's.
        if let Some(count) = unsafe { count.as_mut() } {
            *count = some.len() as i32;
        }
        *at += some.len();
        kResultOk
    }

    unsafe fn write(&self, from: *mut c_void, length: i32, count: *mut i32) -> tresult {
        let (bytes, at) = &mut *self.0.borrow_mut();
        // SAFETY: so many are there.
        let new = unsafe { std::slice::from_raw_parts(from.cast::<u8>(), length.max(0) as usize) };
        bytes.truncate(*at);
        bytes.extend_from_slice(new);
        *at = bytes.len();
        // SAFETY: null, or the caller's.
        if let Some(count) = unsafe { count.as_mut() } {
            *count = length;
        }
        kResultOk
    }

    unsafe fn seek(&self, to: i64, mode: i32, result: *mut i64) -> tresult {
        let (bytes, at) = &mut *self.0.borrow_mut();
        let from = match mode as u32 {
            SEEK_CUR => *at as i64,
            SEEK_END => bytes.len() as i64,
            _ => 0,
        };
        let Some(new) = usize::try_from(from + to)
            .ok()
            .filter(|new| *new <= bytes.len())
        else {
            return kInvalidArgument;
        };
        *at = new;
        // SAFETY: null, or the caller's.
        if let Some(result) = unsafe { result.as_mut() } {
            *result = new as i64;
        }
        kResultOk
    }

    unsafe fn tell(&self, at: *mut i64) -> tresult {
        // SAFETY: null, or the caller's.
        let Some(result) = (unsafe { at.as_mut() }) else {
            return kInvalidArgument;
        };
        *result = self.0.borrow().1 as i64;
        kResultOk
    }
}
