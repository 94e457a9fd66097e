//! The reproducible archive of a bundle: one gzipped ustar file with sorted members, no owner, and one given time.
//! Equal bundles give equal bytes; what is signed is the bag, not the archive.

use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::Path;

use flate2::{Compression, GzBuilder};
use tar::{EntryType, Header};

/// The header of a member. Its path must fit ustar's two fields, so that no extension is needed to read it.
///
/// # Errors
/// When the path is too long.
pub fn header(path: &str, size: u64, time: u64) -> io::Result<Header> {
    let mut header = Header::new_ustar();
    header.set_path(path)?;
    header.set_entry_type(EntryType::Regular);
    header.set_size(size);
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(time);
    header.set_cksum();
    Ok(header)
}

/// Writes the members (relative paths, sorted by the caller) of the folder `from` under the folder name `name`.
///
/// # Errors
/// Those of reading and writing, and a path that is too long.
pub fn write(
    from: &Path,
    name: &str,
    members: impl Iterator<Item = (String, u64)>,
    time: u64,
    to: impl Write,
) -> io::Result<()> {
    let zip = GzBuilder::new()
        .mtime(0)
        .operating_system(255)
        .write(to, Compression::default());
    let mut tar = tar::Builder::new(zip);
    for (path, size) in members {
        let file = File::open(from.join(&path))?;
        let header = header(&format!("{name}/{path}"), size, time)?;
        tar.append(&header, BufReader::new(file).take(size))?;
    }
    tar.into_inner()?.finish()?.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_bundles_give_equal_bytes() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("a"), b"one").unwrap();
        std::fs::write(dir.path().join("b"), b"two").unwrap();
        let archive = || {
            let members = [("a".to_owned(), 3), ("b".to_owned(), 3)].into_iter();
            let mut out = Vec::new();
            write(dir.path(), "wave-0001", members, 1_000_000_000, &mut out).unwrap();
            out
        };
        let first = archive();
        std::thread::sleep(std::time::Duration::from_millis(10));
        std::fs::write(dir.path().join("a"), b"one").unwrap();
        assert_eq!(first, archive());
    }

    #[test]
    fn a_path_that_needs_an_extension_is_refused() {
        assert!(header(&"x".repeat(101), 0, 0).is_err());
        assert!(header(&format!("{}/{}", "x".repeat(150), "y".repeat(90)), 0, 0).is_ok());
    }
}
