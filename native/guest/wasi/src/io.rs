//! `wasi:io`: streams and polling.

use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::Cell;

use crate::Layer;
use crate::bindings::exports::wasi::io::{error, poll, streams};
use crate::bindings::hyperlight4j::sandbox::{clock, output};
use crate::filesystem::{BLOCK, File};
use crate::octets;

/// The most that one write to standard output may carry: one VM exit.
const STANDARD_BYTES: u64 = 64 * 1024;

/// What a program can wait for.
pub enum Pollable {
    /// Ready now.
    Ready,
    /// Ready when the monotonic clock has reached this many nanoseconds.
    At(u64),
}

impl Pollable {
    fn deadline(&self) -> u64 {
        match *self {
            Pollable::Ready => 0,
            Pollable::At(when) => when,
        }
    }
}

/// Waits in the host until the monotonic clock has reached `deadline`. Returns the time then.
fn wait_until(deadline: u64) -> u64 {
    loop {
        let now = clock::monotonic();
        if now >= deadline {
            return now;
        }
        clock::sleep(deadline - now);
    }
}

impl poll::GuestPollable for Pollable {
    fn block(&self) {
        if let Pollable::At(when) = *self {
            wait_until(when);
        }
    }
}

impl poll::Guest for Layer {
    type Pollable = Pollable;

    fn poll(pollables: Vec<poll::PollableBorrow<'_>>) -> Vec<u32> {
        let deadlines: Vec<u64> = pollables.iter().map(|pollable| pollable.get::<Pollable>().deadline()).collect();
        let earliest = deadlines.iter().copied().min().unwrap_or(0);
        let now = if earliest == 0 { 0 } else { wait_until(earliest) };
        deadlines.iter().zip(0u32..).filter(|(deadline, _)| **deadline <= now).map(|(_, index)| index).collect()
    }
}

/// An error of a stream. It has no details that the C library would ask for: what fails is `EIO` to it. Why a write failed,
/// the file knows ([`File::sync`]).
pub struct Error;

impl error::GuestError for Error {}

impl error::Guest for Layer {
    type Error = Error;
}

fn failed() -> streams::StreamError {
    streams::StreamError::LastOperationFailed(error::Error::new(Error))
}

/// Standard input, which is at its end, or a file from some place on.
pub enum Input {
    Nothing,
    File { file: Rc<File>, next: Cell<u64> },
}

impl Input {
    pub fn file(file: Rc<File>, offset: u64) -> Self {
        Self::File { file, next: Cell::new(offset) }
    }
}

impl streams::GuestInputStream for Input {
    fn read(&self, length: u64) -> Result<Vec<u8>, streams::StreamError> {
        let Input::File { file, next } = self else {
            return Err(streams::StreamError::Closed);
        };
        let bytes = file.read(next.get(), length).map_err(|_| failed())?;
        if bytes.is_empty() && length > 0 {
            return Err(streams::StreamError::Closed);
        }
        next.set(next.get() + bytes.len() as u64);
        Ok(bytes)
    }

    fn subscribe(&self) -> poll::Pollable {
        poll::Pollable::new(Pollable::Ready)
    }
}

/// Where a program writes to. Each write reaches the host before it returns, so that what a program printed is there even
/// when the program is stopped right after.
pub enum Output {
    /// Standard output (1) or standard error (2).
    Standard(u8),
    /// A file from some place on, or at its end.
    File { file: Rc<File>, next: Cell<u64> },
}

impl Output {
    pub fn file(file: Rc<File>, offset: u64) -> Self {
        Self::File { file, next: Cell::new(offset) }
    }
}

impl streams::GuestOutputStream for Output {
    fn check_write(&self) -> Result<u64, streams::StreamError> {
        Ok(match self {
            Output::Standard(_) => STANDARD_BYTES,
            Output::File { .. } => BLOCK,
        })
    }

    fn write(&self, contents: Vec<u8>) -> Result<(), streams::StreamError> {
        match self {
            Output::Standard(file) => output::write(*file, &octets::encode(&contents)),
            Output::File { file, next } => next.set(file.stream(next.get(), &contents).map_err(|()| failed())?),
        }
        Ok(())
    }

    fn blocking_write_and_flush(&self, contents: Vec<u8>) -> Result<(), streams::StreamError> {
        self.write(contents)
    }

    fn blocking_flush(&self) -> Result<(), streams::StreamError> {
        Ok(())
    }

    fn subscribe(&self) -> poll::Pollable {
        poll::Pollable::new(Pollable::Ready)
    }
}

impl streams::Guest for Layer {
    type InputStream = Input;
    type OutputStream = Output;
}
