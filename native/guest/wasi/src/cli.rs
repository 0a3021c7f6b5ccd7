//! `wasi:cli`: no arguments, no environment, no terminal, an empty standard input.

use alloc::string::String;
use alloc::vec::Vec;

use crate::Layer;
use crate::bindings::exports::wasi::cli;
use crate::bindings::exports::wasi::io::streams::{InputStream, OutputStream};
use crate::io::{Input, Output};

impl cli::environment::Guest for Layer {
    fn get_environment() -> Vec<(String, String)> {
        Vec::new()
    }

    fn get_arguments() -> Vec<String> {
        Vec::new()
    }
}

impl cli::exit::Guest for Layer {
    /// There is no process to leave: the C library traps right after this returns, which ends the run as a crash.
    /// The executor turns `sys.exit` and `os._exit` into an ordinary end before they get here.
    fn exit(_status: Result<(), ()>) {}
}

impl cli::stdin::Guest for Layer {
    fn get_stdin() -> InputStream {
        InputStream::new(Input::Nothing)
    }
}

impl cli::stdout::Guest for Layer {
    fn get_stdout() -> OutputStream {
        OutputStream::new(Output::Standard(1))
    }
}

impl cli::stderr::Guest for Layer {
    fn get_stderr() -> OutputStream {
        OutputStream::new(Output::Standard(2))
    }
}

/// A terminal. There is none, and no value of this type.
pub enum Terminal {}

impl cli::terminal_input::GuestTerminalInput for Terminal {}
impl cli::terminal_output::GuestTerminalOutput for Terminal {}

impl cli::terminal_input::Guest for Layer {
    type TerminalInput = Terminal;
}

impl cli::terminal_output::Guest for Layer {
    type TerminalOutput = Terminal;
}

impl cli::terminal_stdin::Guest for Layer {
    fn get_terminal_stdin() -> Option<cli::terminal_stdin::TerminalInput> {
        None
    }
}

impl cli::terminal_stdout::Guest for Layer {
    fn get_terminal_stdout() -> Option<cli::terminal_stdout::TerminalOutput> {
        None
    }
}

impl cli::terminal_stderr::Guest for Layer {
    fn get_terminal_stderr() -> Option<cli::terminal_stderr::TerminalOutput> {
        None
    }
}
