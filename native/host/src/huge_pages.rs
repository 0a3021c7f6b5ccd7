//! Keeps huge pages out of the micro-VMs' memory.
//!
//! A run touches a few hundred pages all over its memory. Where the kernel gives out huge pages unasked (`always` in
//! `/sys/kernel/mm/transparent_hugepage/enabled`), each touch clears and holds 2 MiB instead of 4 KiB: in the emulated VM, twice
//! the time of a restored run and three times the memory of a sandbox. Hyperlight hands out no address, so its mapping is found by its
//! size; should that fail, or hit another of the same size, nothing but that gain is lost.

/// Advises against huge pages in private anonymous mappings of exactly `bytes`, and tells whether there was need to. Those that
/// are there stay until the next restore; the advice outlives it.
#[cfg(target_os = "linux")]
pub(crate) fn avoid(bytes: usize) -> bool {
    linux::avoid(bytes)
}

/// Other systems give out no huge pages unasked.
#[cfg(not(target_os = "linux"))]
pub(crate) fn avoid(_bytes: usize) -> bool {
    false
}

#[cfg(target_os = "linux")]
mod linux {
    pub(super) fn avoid(bytes: usize) -> bool {
        let given_unasked = std::fs::read_to_string("/sys/kernel/mm/transparent_hugepage/enabled")
            .is_ok_and(|enabled| enabled.contains("[always]"));
        if !given_unasked {
            return false;
        }
        let maps = std::fs::read_to_string("/proc/self/maps").unwrap_or_default();
        for start in maps.lines().filter_map(|line| private_anonymous(line, bytes)) {
            // SAFETY: advice about huge pages changes no content; on a range that is gone by now it fails.
            unsafe { libc::madvise(start as *mut libc::c_void, bytes, libc::MADV_NOHUGEPAGE) };
        }
        true
    }

    /// The start of the mapping that a line of `/proc/self/maps` (proc_pid_maps(5)) describes, if it is of that kind and size.
    fn private_anonymous(line: &str, bytes: usize) -> Option<usize> {
        let mut fields = line.split_ascii_whitespace();
        let (start, end) = fields.next()?.split_once('-')?;
        let (start, end) = (usize::from_str_radix(start, 16).ok()?, usize::from_str_radix(end, 16).ok()?);
        let is_private_anonymous = fields.next()? == "rw-p" && fields.nth(2)? == "0" && fields.next().is_none();
        (is_private_anonymous && end.checked_sub(start)? == bytes).then_some(start)
    }

    #[cfg(test)]
    mod tests {
        use super::private_anonymous;

        #[test]
        fn only_private_anonymous_mappings_of_that_size_are_taken() {
            let bytes = 0x2000;
            assert_eq!(private_anonymous("7f0000001000-7f0000003000 rw-p 00000000 00:00 0 ", bytes), Some(0x7f0000001000));
            for other in [
                "7f0000001000-7f0000004000 rw-p 00000000 00:00 0 ",
                "7f0000001000-7f0000003000 r--p 00000000 00:00 0 ",
                "7f0000001000-7f0000003000 rw-s 00000000 00:00 0 ",
                "7f0000001000-7f0000003000 rw-p 00000000 08:01 99 /usr/lib/x.so",
                "7f0000001000-7f0000003000 rw-p 00000000 00:00 0 [heap]",
                "",
            ] {
                assert_eq!(private_anonymous(other, bytes), None, "{other}");
            }
        }
    }
}
