//! `wasi:io`: streams and polling.

use alloc::vec::Vec;

use crate::Layer;
use crate::octets;
use crate::bindings::exports::wasi::io::{error, poll, streams};
use crate::bindings::hyperlight4j::sandbox::{clock, output};

/// The most that one `write` may carry: one VM exit.
const WRITE_BYTES: u64 = 64 * 1024;

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

/// An error with details. No stream here has any, so there is no value of this type.
pub enum Error {}

impl error::GuestError for Error {}

impl error::Guest for Layer {
    type Error = Error;
}

/// Standard input: at its end.
pub struct Input;

impl streams::GuestInputStream for Input {
    fn read(&self, _length: u64) -> Result<Vec<u8>, streams::StreamError> {
        Err(streams::StreamError::Closed)
    }

    fn subscribe(&self) -> poll::Pollable {
        poll::Pollable::new(Pollable::Ready)
    }
}

/// Standard output (1) or standard error (2). Each write reaches the host before it returns, so that what a program
/// printed is there even when the program is stopped right after.
pub struct Output {
    pub file: u8,
}

impl streams::GuestOutputStream for Output {
    fn check_write(&self) -> Result<u64, streams::StreamError> {
        Ok(WRITE_BYTES)
    }

    fn write(&self, contents: Vec<u8>) -> Result<(), streams::StreamError> {
        output::write(self.file, &octets::encode(&contents));
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
