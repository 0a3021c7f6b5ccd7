//! Files in memory: `/input` (read only), `/output` and `/tmp`, as an application's host would serve them.

use std::collections::BTreeMap;

use hyperlight4j::*;

const ACCESS: u64 = 0;
const BAD_DESCRIPTOR: u64 = 3;
const EXIST: u64 = 7;
const INVALID: u64 = 12;
const IS_DIRECTORY: u64 = 14;
const NO_ENTRY: u64 = 20;
const INSUFFICIENT_SPACE: u64 = 23;
const NOT_DIRECTORY: u64 = 24;
const NOT_EMPTY: u64 = 25;
const READ_ONLY: u64 = 33;

const NOW: u64 = 1_790_000_000_000_000_000;
/// The most that a file here can hold.
const LARGEST: u64 = 8 << 20;
/// Entries in each part of a list.
const PART: usize = 16;

enum Node {
    Directory,
    File { data: Vec<u8>, modified: u64 },
    Link(&'static str),
}

pub struct Files {
    nodes: BTreeMap<String, Node>,
    open: BTreeMap<u32, (String, u32)>,
    next: u32,
}

impl Default for Files {
    fn default() -> Self {
        let mut nodes = BTreeMap::new();
        for directory in ["/", "/input", "/input/many", "/output", "/tmp"] {
            nodes.insert(directory.to_owned(), Node::Directory);
        }
        let mut add = |path: &str, data: Vec<u8>| nodes.insert(path.to_owned(), Node::File { data, modified: NOW });
        add("/input/data.csv", b"name,value\none,1\ntwo,2\n".to_vec());
        add("/input/from_mount.py", b"VALUE = 7\ndef fail():\n    raise KeyError('in a mount')\n".to_vec());
        add("/input/bytes", (0..3 << 20).map(|index: u32| (index * 7 >> 3) as u8).collect());
        for index in 0..100 {
            add(&format!("/input/many/{index:02}"), vec![b'x'; index]);
        }
        nodes.insert("/input/link".to_owned(), Node::Link("/input/data.csv"));
        Self { nodes, open: BTreeMap::new(), next: 100 }
    }
}

impl Files {
    /// How many files are open.
    pub fn open_files(&self) -> usize {
        self.open.len()
    }

    pub fn answer(&mut self, call: &hl4j_host_call_t, reply: *mut hl4j_reply_t) -> Result<(), u64> {
        let (name, text) = (super::read(call.name), super::read(call.text));
        match call.operation {
            HL4J_CALL_FILE_STAT => self.put_status(&self.follow(&name, call.flags != 0)?, reply)?,
            HL4J_CALL_FILE_STAT_HANDLE => self.put_status(&self.opened(call.handle)?.0, reply)?,
            HL4J_CALL_FILE_LIST => self.list(&name, call.number as usize, reply)?,
            HL4J_CALL_FILE_OPEN => self.open(&name, call.flags, reply)?,
            HL4J_CALL_FILE_READ => {
                let (path, _) = self.opened(call.handle)?;
                let data = self.data(&path)?;
                let start = data.len().min(call.number as usize);
                let part = &data[start..data.len().min(start + call.count as usize)];
                super::put(reply, part);
                unsafe { hl4j_reply_number(reply, part.len() as u64) };
            }
            HL4J_CALL_FILE_WRITE => {
                let (path, _) = self.opened(call.handle)?;
                let bytes = super::read_bytes(call.data);
                let data = self.data(&path)?;
                let start = if call.number == u64::MAX { data.len() } else { call.number as usize };
                let end = start + bytes.len();
                if end as u64 > LARGEST {
                    return Err(INSUFFICIENT_SPACE);
                }
                data.resize(data.len().max(end), 0);
                data[start..end].copy_from_slice(&bytes);
                unsafe { hl4j_reply_number(reply, end as u64) };
            }
            HL4J_CALL_FILE_RESIZE => {
                let (path, _) = self.opened(call.handle)?;
                self.data(&path)?.resize(call.number as usize, 0);
            }
            HL4J_CALL_FILE_CLOSE => drop(self.open.remove(&call.handle)),
            HL4J_CALL_FILE_MAKE_DIRECTORY => {
                self.place(&name)?;
                if self.nodes.contains_key(&name) {
                    return Err(EXIST);
                }
                self.nodes.insert(name, Node::Directory);
            }
            HL4J_CALL_FILE_REMOVE => {
                self.place(&name)?;
                match (self.node(&name)?, call.flags != 0) {
                    (Node::Directory, false) => return Err(IS_DIRECTORY),
                    (Node::File { .. } | Node::Link(_), true) => return Err(NOT_DIRECTORY),
                    (Node::Directory, true) if !self.names(&name).is_empty() => return Err(NOT_EMPTY),
                    _ => drop(self.nodes.remove(&name)),
                }
            }
            HL4J_CALL_FILE_RENAME => {
                self.place(&name)?;
                self.place(&text)?;
                self.node(&name)?;
                let inside = format!("{name}/");
                let moved: Vec<String> =
                    self.nodes.keys().filter(|path| **path == name || path.starts_with(&inside)).cloned().collect();
                for path in moved {
                    let node = self.nodes.remove(&path).expect("there");
                    self.nodes.insert(text.clone() + &path[name.len()..], node);
                }
            }
            HL4J_CALL_FILE_SET_MODIFIED => {
                self.place(&name)?;
                if let Node::File { modified, .. } = self.nodes.get_mut(&name).ok_or(NO_ENTRY)? {
                    *modified = call.number;
                }
            }
            HL4J_CALL_FILE_READ_LINK => match self.node(&name)? {
                Node::Link(to) => assert!(unsafe { hl4j_reply_text(reply, super::bytes(to)) }),
                _ => return Err(INVALID),
            },
            other => panic!("unknown operation {other}"),
        }
        Ok(())
    }

    fn node(&self, path: &str) -> Result<&Node, u64> {
        self.nodes.get(path).ok_or(NO_ENTRY)
    }

    fn follow(&self, path: &str, follow: bool) -> Result<String, u64> {
        match self.node(path)? {
            Node::Link(to) if follow => Ok((*to).to_owned()),
            _ => Ok(path.to_owned()),
        }
    }

    fn opened(&self, handle: u32) -> Result<(String, u32), u64> {
        self.open.get(&handle).cloned().ok_or(BAD_DESCRIPTOR)
    }

    fn data(&mut self, path: &str) -> Result<&mut Vec<u8>, u64> {
        match self.nodes.get_mut(path).ok_or(NO_ENTRY)? {
            Node::File { data, .. } => Ok(data),
            _ => Err(IS_DIRECTORY),
        }
    }

    /// Checks that something can be made or changed at `path`.
    fn place(&self, path: &str) -> Result<(), u64> {
        let (parent, _) = path.rsplit_once('/').ok_or(INVALID)?;
        if parent.is_empty() {
            return Err(if path == "/input" { READ_ONLY } else { ACCESS });
        }
        if path.starts_with("/input/") {
            return Err(READ_ONLY);
        }
        match self.node(parent)? {
            Node::Directory => Ok(()),
            _ => Err(NOT_DIRECTORY),
        }
    }

    fn status(&self, path: &str) -> Result<(u32, u64, u64), u64> {
        Ok(match self.node(path)? {
            Node::Directory => (HL4J_KIND_DIRECTORY, 0, NOW),
            Node::File { data, modified } => (HL4J_KIND_FILE, data.len() as u64, *modified),
            Node::Link(_) => (HL4J_KIND_SYMBOLIC_LINK, 0, NOW),
        })
    }

    fn put_status(&self, path: &str, reply: *mut hl4j_reply_t) -> Result<(), u64> {
        let (kind, size, modified) = self.status(path)?;
        unsafe { hl4j_reply_status(reply, kind, size, modified) };
        Ok(())
    }

    fn names(&self, directory: &str) -> Vec<&str> {
        let inside = format!("{}/", directory.trim_end_matches('/'));
        let names = self.nodes.keys().filter_map(|path| path.strip_prefix(&inside));
        names.filter(|name| !name.is_empty() && !name.contains('/')).collect()
    }

    fn list(&self, directory: &str, start: usize, reply: *mut hl4j_reply_t) -> Result<(), u64> {
        if !matches!(self.node(directory)?, Node::Directory) {
            return Err(NOT_DIRECTORY);
        }
        let names = self.names(directory);
        let end = names.len().min(start + PART);
        for name in &names[start..end] {
            let path = format!("{}/{name}", directory.trim_end_matches('/'));
            let (kind, size, modified) = self.status(&path)?;
            assert!(unsafe { hl4j_reply_entry(reply, super::bytes(name), kind, size, modified) });
        }
        unsafe { hl4j_reply_number(reply, if end < names.len() { end as u64 } else { 0 }) };
        Ok(())
    }

    fn open(&mut self, path: &str, flags: u32, reply: *mut hl4j_reply_t) -> Result<(), u64> {
        let (write, create, exclusive, truncate) = (flags & 2 != 0, flags & 4 != 0, flags & 8 != 0, flags & 16 != 0);
        let path = self.follow(path, flags & 32 == 0).unwrap_or_else(|_| path.to_owned());
        match self.nodes.get(&path) {
            Some(_) if create && exclusive => return Err(EXIST),
            Some(Node::Directory) => return Err(IS_DIRECTORY),
            Some(_) if write || truncate => self.place(&path)?,
            Some(_) => {}
            None if create => {
                self.place(&path)?;
                self.nodes.insert(path.clone(), Node::File { data: Vec::new(), modified: NOW });
            }
            None => return Err(NO_ENTRY),
        }
        if truncate {
            self.data(&path)?.clear();
        }
        self.put_status(&path, reply)?;
        self.next += 1;
        self.open.insert(self.next, (path, flags));
        unsafe { hl4j_reply_number(reply, self.next.into()) };
        Ok(())
    }
}
