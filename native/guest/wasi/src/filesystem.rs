//! `wasi:filesystem`: the host's files, `/input`, `/output` and `/tmp`. Paths are resolved to absolute ones here, by their
//! text; what they name, and whether that is allowed, is the host's to say.

mod cache;
mod directory;
mod file;

use alloc::format;
use alloc::rc::Rc;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use crate::Layer;
use crate::bindings::exports::wasi::clocks::wall_clock::Datetime;
use crate::bindings::exports::wasi::filesystem::{preopens, types};
use crate::bindings::exports::wasi::io::streams::{InputStream, OutputStream};
use crate::bindings::hyperlight4j::sandbox::{clock, files};
use crate::io::{Input, Output};
use directory::{Directory, Entries};
pub use file::{BLOCK, File};
use types::{
    Advice, DescriptorBorrow, DescriptorFlags, DescriptorStat, DescriptorType, ErrorCode, Filesize, MetadataHashValue,
    NewTimestamp, OpenFlags, PathFlags,
};

const NANOSECONDS: u64 = 1_000_000_000;

/// The flags of `files.open`.
const READ: u32 = 1;
const WRITE: u32 = 2;
const CREATE: u32 = 4;
const EXCLUSIVE: u32 = 8;
const TRUNCATE: u32 = 16;
const NO_FOLLOW: u32 = 32;

/// What a program has open.
pub enum Descriptor {
    Directory(Directory),
    File(Rc<File>),
}

impl Descriptor {
    fn directory(&self) -> Result<&Directory, ErrorCode> {
        match self {
            Descriptor::Directory(directory) => Ok(directory),
            Descriptor::File(_) => Err(ErrorCode::NotDirectory),
        }
    }

    fn file(&self) -> Result<&Rc<File>, ErrorCode> {
        match self {
            Descriptor::Directory(_) => Err(ErrorCode::IsDirectory),
            Descriptor::File(file) => Ok(file),
        }
    }

    fn path(&self) -> &str {
        match self {
            Descriptor::Directory(directory) => directory.path(),
            Descriptor::File(file) => file.path(),
        }
    }

    /// The absolute path of what `path` names here.
    fn resolve(&self, path: &str) -> Result<String, ErrorCode> {
        Ok(resolve(self.directory()?.path(), path))
    }
}

/// Joins a path to that of a directory, without `.`, `..` and empty names.
fn resolve(directory: &str, path: &str) -> String {
    let mut names: Vec<&str> = Vec::new();
    for name in directory.split('/').chain(path.split('/')) {
        match name {
            "" | "." => {}
            ".." => drop(names.pop()),
            name => names.push(name),
        }
    }
    format!("/{}", names.join("/"))
}

fn error(code: u8) -> ErrorCode {
    if code <= ErrorCode::CrossDevice as u8 {
        // SAFETY: a case's number; the cases are numbered from 0 to that of the last one.
        unsafe { ErrorCode::_lift(code) }
    } else {
        ErrorCode::Io
    }
}

fn kind(number: u8) -> DescriptorType {
    match number {
        0 => DescriptorType::RegularFile,
        1 => DescriptorType::Directory,
        2 => DescriptorType::SymbolicLink,
        _ => DescriptorType::Unknown,
    }
}

fn datetime(nanoseconds: u64) -> Datetime {
    Datetime { seconds: nanoseconds / NANOSECONDS, nanoseconds: (nanoseconds % NANOSECONDS) as u32 }
}

fn describe(status: files::Status) -> DescriptorStat {
    let modified = Some(datetime(status.modified));
    DescriptorStat {
        type_: kind(status.kind),
        link_count: 1,
        size: status.size,
        data_access_timestamp: modified,
        data_modification_timestamp: modified,
        status_change_timestamp: modified,
    }
}

/// Stands for a file's identity: its path, since the host shows none. FNV-1a.
fn identity(path: &str) -> MetadataHashValue {
    let hash = |seed: u64| path.bytes().fold(seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    MetadataHashValue { lower: hash(0xcbf2_9ce4_8422_2325), upper: hash(0x9e37_79b9_7f4a_7c15) }
}

/// The status of what a path names. The root and its directories are the same in every run, so the host is not asked.
fn status(path: &str, follow: bool) -> Result<files::Status, ErrorCode> {
    if matches!(path, "/" | "/input" | "/output" | "/tmp") {
        return Ok(files::Status { kind: 1, size: 0, modified: 0 });
    }
    match cache::listed(path, follow) {
        Some(status) => Ok(status),
        None => files::stat(path, follow).map_err(error),
    }
}

/// Makes a change, after which nothing is known any more about what can change.
fn change<T>(result: Result<T, u8>) -> Result<T, ErrorCode> {
    cache::changed();
    result.map_err(error)
}

fn set_modified(path: &str, modified: NewTimestamp) -> Result<(), ErrorCode> {
    let nanoseconds = match modified {
        NewTimestamp::NoChange => return Ok(()),
        NewTimestamp::Now => clock::realtime(),
        NewTimestamp::Timestamp(time) => {
            time.seconds.saturating_mul(NANOSECONDS).saturating_add(u64::from(time.nanoseconds))
        }
    };
    change(files::set_modified(path, nanoseconds)).map(drop)
}

impl types::GuestDescriptor for Descriptor {
    fn read_via_stream(&self, offset: Filesize) -> Result<InputStream, ErrorCode> {
        let file = self.file()?;
        file.require(DescriptorFlags::READ)?;
        Ok(InputStream::new(Input::file(file.clone(), offset)))
    }

    fn write_via_stream(&self, offset: Filesize) -> Result<OutputStream, ErrorCode> {
        let file = self.file()?;
        file.require(DescriptorFlags::WRITE)?;
        Ok(OutputStream::new(Output::file(file.clone(), offset)))
    }

    fn append_via_stream(&self) -> Result<OutputStream, ErrorCode> {
        self.write_via_stream(file::END)
    }

    fn advise(&self, _offset: Filesize, _length: Filesize, _advice: Advice) -> Result<(), ErrorCode> {
        Ok(())
    }

    fn sync_data(&self) -> Result<(), ErrorCode> {
        self.sync()
    }

    fn get_flags(&self) -> Result<DescriptorFlags, ErrorCode> {
        Ok(match self {
            Descriptor::Directory(_) => DescriptorFlags::READ,
            Descriptor::File(file) => file.flags(),
        })
    }

    fn set_size(&self, size: Filesize) -> Result<(), ErrorCode> {
        self.file()?.resize(size)
    }

    fn set_times(&self, _access: NewTimestamp, modification: NewTimestamp) -> Result<(), ErrorCode> {
        set_modified(self.path(), modification)
    }

    fn read(&self, length: Filesize, offset: Filesize) -> Result<(Vec<u8>, bool), ErrorCode> {
        let bytes = self.file()?.read(offset, length)?;
        let end = bytes.is_empty() && length > 0;
        Ok((bytes, end))
    }

    fn write(&self, buffer: Vec<u8>, offset: Filesize) -> Result<Filesize, ErrorCode> {
        self.file()?.write(offset, &buffer)?;
        Ok(buffer.len() as u64)
    }

    fn read_directory(&self) -> Result<types::DirectoryEntryStream, ErrorCode> {
        Ok(types::DirectoryEntryStream::new(self.directory()?.entries()?))
    }

    /// On the root, it makes the layer forget what it knows of the files: the executor does so before each run, for a snapshot
    /// may have been taken in between.
    fn sync(&self) -> Result<(), ErrorCode> {
        match self {
            Descriptor::Directory(directory) if directory.path() == "/" => cache::forget(),
            Descriptor::Directory(_) => {}
            Descriptor::File(file) => file.sync()?,
        }
        Ok(())
    }

    fn create_directory_at(&self, path: String) -> Result<(), ErrorCode> {
        change(files::make_directory(&self.resolve(&path)?)).map(drop)
    }

    fn stat(&self) -> Result<DescriptorStat, ErrorCode> {
        match self {
            Descriptor::Directory(directory) => status(directory.path(), true).map(describe),
            Descriptor::File(file) => file.status().map(describe),
        }
    }

    fn stat_at(&self, flags: PathFlags, path: String) -> Result<DescriptorStat, ErrorCode> {
        let status = status(&self.resolve(&path)?, flags.contains(PathFlags::SYMLINK_FOLLOW))?;
        if path.ends_with('/') && status.kind == 0 {
            return Err(ErrorCode::NotDirectory);
        }
        Ok(describe(status))
    }

    fn set_times_at(
        &self,
        _flags: PathFlags,
        path: String,
        _access: NewTimestamp,
        modification: NewTimestamp,
    ) -> Result<(), ErrorCode> {
        set_modified(&self.resolve(&path)?, modification)
    }

    fn link_at(
        &self,
        _flags: PathFlags,
        _old: String,
        _directory: DescriptorBorrow<'_>,
        _new: String,
    ) -> Result<(), ErrorCode> {
        Err(ErrorCode::NotPermitted)
    }

    fn open_at(
        &self,
        path_flags: PathFlags,
        path: String,
        open_flags: OpenFlags,
        flags: DescriptorFlags,
    ) -> Result<types::Descriptor, ErrorCode> {
        let absolute = self.resolve(&path)?;
        let changes = flags.contains(DescriptorFlags::WRITE)
            || open_flags.intersects(OpenFlags::CREATE | OpenFlags::TRUNCATE | OpenFlags::EXCLUSIVE);
        let descriptor = if changes && (absolute == "/" || path.ends_with('/')) {
            return Err(ErrorCode::IsDirectory);
        } else if absolute == "/" || path.ends_with('/') || open_flags.contains(OpenFlags::DIRECTORY) {
            Descriptor::Directory(Directory::open(absolute)?)
        } else {
            let bit = |set: bool, flag: u32| if set { flag } else { 0 };
            let host_flags = bit(flags.contains(DescriptorFlags::READ), READ)
                | bit(flags.contains(DescriptorFlags::WRITE), WRITE)
                | bit(open_flags.contains(OpenFlags::CREATE), CREATE)
                | bit(open_flags.contains(OpenFlags::EXCLUSIVE), EXCLUSIVE)
                | bit(open_flags.contains(OpenFlags::TRUNCATE), TRUNCATE)
                | bit(!path_flags.contains(PathFlags::SYMLINK_FOLLOW), NO_FOLLOW);
            if changes {
                cache::changed();
            }
            match files::open(&absolute, host_flags).map_err(error) {
                Ok(opened) => Descriptor::File(Rc::new(File::new(absolute, opened, flags))),
                Err(ErrorCode::IsDirectory) if !changes => Descriptor::Directory(Directory::open(absolute)?),
                Err(error) => return Err(error),
            }
        };
        Ok(types::Descriptor::new(descriptor))
    }

    fn readlink_at(&self, path: String) -> Result<String, ErrorCode> {
        files::read_link(&self.resolve(&path)?).map_err(error)
    }

    fn remove_directory_at(&self, path: String) -> Result<(), ErrorCode> {
        change(files::remove(&self.resolve(&path)?, true)).map(drop)
    }

    fn rename_at(&self, old: String, directory: DescriptorBorrow<'_>, new: String) -> Result<(), ErrorCode> {
        let to = directory.get::<Descriptor>().resolve(&new)?;
        change(files::rename(&self.resolve(&old)?, &to)).map(drop)
    }

    fn symlink_at(&self, _old: String, _new: String) -> Result<(), ErrorCode> {
        Err(ErrorCode::NotPermitted)
    }

    fn unlink_file_at(&self, path: String) -> Result<(), ErrorCode> {
        change(files::remove(&self.resolve(&path)?, false)).map(drop)
    }

    fn metadata_hash(&self) -> Result<MetadataHashValue, ErrorCode> {
        Ok(identity(self.path()))
    }

    fn metadata_hash_at(&self, _flags: PathFlags, path: String) -> Result<MetadataHashValue, ErrorCode> {
        Ok(identity(&self.resolve(&path)?))
    }
}

impl types::Guest for Layer {
    type Descriptor = Descriptor;
    type DirectoryEntryStream = Entries;
}

impl preopens::Guest for Layer {
    fn get_directories() -> Vec<(types::Descriptor, String)> {
        vec![(types::Descriptor::new(Descriptor::Directory(Directory::root())), "/".to_string())]
    }
}
