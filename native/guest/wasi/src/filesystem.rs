//! `wasi:filesystem`: one directory, `/`, empty and read-only.

use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use crate::Layer;
use crate::bindings::exports::wasi::filesystem::{preopens, types};
use crate::bindings::exports::wasi::io::streams::{InputStream, OutputStream};
use types::{
    Advice, DescriptorBorrow, DescriptorFlags, DescriptorStat, DescriptorType, DirectoryEntry, DirectoryEntryStream,
    ErrorCode, Filesize, MetadataHashValue, NewTimestamp, OpenFlags, PathFlags,
};

/// The directory `/`.
pub struct Root;

/// The listing of an empty directory.
pub struct NoEntries;

/// Whether `path`, relative to the root, names the root itself.
fn resolve(path: &str) -> Result<Root, ErrorCode> {
    if path.split('/').all(|name| name.is_empty() || name == ".") { Ok(Root) } else { Err(ErrorCode::NoEntry) }
}

impl types::GuestDescriptor for Root {
    fn read_via_stream(&self, _offset: Filesize) -> Result<InputStream, ErrorCode> {
        Err(ErrorCode::IsDirectory)
    }

    fn write_via_stream(&self, _offset: Filesize) -> Result<OutputStream, ErrorCode> {
        Err(ErrorCode::IsDirectory)
    }

    fn append_via_stream(&self) -> Result<OutputStream, ErrorCode> {
        Err(ErrorCode::IsDirectory)
    }

    fn advise(&self, _offset: Filesize, _length: Filesize, _advice: Advice) -> Result<(), ErrorCode> {
        Ok(())
    }

    fn sync_data(&self) -> Result<(), ErrorCode> {
        Ok(())
    }

    fn get_flags(&self) -> Result<DescriptorFlags, ErrorCode> {
        Ok(DescriptorFlags::READ)
    }

    fn set_size(&self, _size: Filesize) -> Result<(), ErrorCode> {
        Err(ErrorCode::IsDirectory)
    }

    fn set_times(&self, _access: NewTimestamp, _modification: NewTimestamp) -> Result<(), ErrorCode> {
        Err(ErrorCode::ReadOnly)
    }

    fn read(&self, _length: Filesize, _offset: Filesize) -> Result<(Vec<u8>, bool), ErrorCode> {
        Err(ErrorCode::IsDirectory)
    }

    fn write(&self, _buffer: Vec<u8>, _offset: Filesize) -> Result<Filesize, ErrorCode> {
        Err(ErrorCode::IsDirectory)
    }

    fn read_directory(&self) -> Result<DirectoryEntryStream, ErrorCode> {
        Ok(DirectoryEntryStream::new(NoEntries))
    }

    fn sync(&self) -> Result<(), ErrorCode> {
        Ok(())
    }

    fn create_directory_at(&self, path: String) -> Result<(), ErrorCode> {
        resolve(&path).map_or(Err(ErrorCode::ReadOnly), |_| Err(ErrorCode::Exist))
    }

    fn stat(&self) -> Result<DescriptorStat, ErrorCode> {
        Ok(DescriptorStat {
            type_: DescriptorType::Directory,
            link_count: 1,
            size: 0,
            data_access_timestamp: None,
            data_modification_timestamp: None,
            status_change_timestamp: None,
        })
    }

    fn stat_at(&self, _flags: PathFlags, path: String) -> Result<DescriptorStat, ErrorCode> {
        resolve(&path)?.stat()
    }

    fn set_times_at(
        &self,
        _flags: PathFlags,
        path: String,
        access: NewTimestamp,
        modification: NewTimestamp,
    ) -> Result<(), ErrorCode> {
        resolve(&path)?.set_times(access, modification)
    }

    fn link_at(
        &self,
        _flags: PathFlags,
        old: String,
        _directory: DescriptorBorrow<'_>,
        _new: String,
    ) -> Result<(), ErrorCode> {
        resolve(&old).and(Err(ErrorCode::ReadOnly))
    }

    fn open_at(
        &self,
        _path_flags: PathFlags,
        path: String,
        open_flags: OpenFlags,
        flags: DescriptorFlags,
    ) -> Result<types::Descriptor, ErrorCode> {
        match resolve(&path) {
            Ok(_) if open_flags.contains(OpenFlags::EXCLUSIVE) => Err(ErrorCode::Exist),
            Ok(_) if flags.contains(DescriptorFlags::WRITE) => Err(ErrorCode::IsDirectory),
            Ok(root) => Ok(types::Descriptor::new(root)),
            Err(_) if open_flags.contains(OpenFlags::CREATE) => Err(ErrorCode::ReadOnly),
            Err(missing) => Err(missing),
        }
    }

    fn readlink_at(&self, path: String) -> Result<String, ErrorCode> {
        resolve(&path).and(Err(ErrorCode::Invalid))
    }

    fn remove_directory_at(&self, path: String) -> Result<(), ErrorCode> {
        resolve(&path).and(Err(ErrorCode::ReadOnly))
    }

    fn rename_at(&self, old: String, _directory: DescriptorBorrow<'_>, _new: String) -> Result<(), ErrorCode> {
        resolve(&old).and(Err(ErrorCode::ReadOnly))
    }

    fn symlink_at(&self, _old: String, _new: String) -> Result<(), ErrorCode> {
        Err(ErrorCode::ReadOnly)
    }

    fn unlink_file_at(&self, path: String) -> Result<(), ErrorCode> {
        resolve(&path).and(Err(ErrorCode::IsDirectory))
    }

    fn metadata_hash(&self) -> Result<MetadataHashValue, ErrorCode> {
        Ok(MetadataHashValue { lower: 1, upper: 0 })
    }

    fn metadata_hash_at(&self, _flags: PathFlags, path: String) -> Result<MetadataHashValue, ErrorCode> {
        resolve(&path)?.metadata_hash()
    }
}

impl types::GuestDirectoryEntryStream for NoEntries {
    fn read_directory_entry(&self) -> Result<Option<DirectoryEntry>, ErrorCode> {
        Ok(None)
    }
}

impl types::Guest for Layer {
    type Descriptor = Root;
    type DirectoryEntryStream = NoEntries;
}

impl preopens::Guest for Layer {
    fn get_directories() -> Vec<(types::Descriptor, String)> {
        vec![(types::Descriptor::new(Root), "/".to_string())]
    }
}
