//! `wasi:clocks`: the host's clocks, asked each time. A snapshot must not carry a time of its own.

use crate::Layer;
use crate::bindings::exports::wasi::clocks::{monotonic_clock, wall_clock};
use crate::bindings::exports::wasi::io::poll;
use crate::bindings::hyperlight4j::sandbox::clock;
use crate::io::Pollable;

const NANOSECONDS: u64 = 1_000_000_000;

impl monotonic_clock::Guest for Layer {
    fn now() -> monotonic_clock::Instant {
        clock::monotonic()
    }

    fn resolution() -> monotonic_clock::Duration {
        1
    }

    fn subscribe_instant(when: monotonic_clock::Instant) -> poll::Pollable {
        poll::Pollable::new(Pollable::At(when))
    }

    fn subscribe_duration(when: monotonic_clock::Duration) -> poll::Pollable {
        poll::Pollable::new(Pollable::At(clock::monotonic().saturating_add(when)))
    }
}

impl wall_clock::Guest for Layer {
    fn now() -> wall_clock::Datetime {
        let now = clock::realtime();
        wall_clock::Datetime { seconds: now / NANOSECONDS, nanoseconds: (now % NANOSECONDS) as u32 }
    }

    fn resolution() -> wall_clock::Datetime {
        wall_clock::Datetime { seconds: 0, nanoseconds: 1 }
    }
}
