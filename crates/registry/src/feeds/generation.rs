//! Generations on disk, and the one in force.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use plimsoll_advisories::{Index, IndexInfo};
use plimsoll_mapped::Mapped;

use super::FeedError;

const SUFFIX: &str = ".index";
/// How often a reader follows the pointer again when the file it names was removed in between.
const ATTEMPTS: usize = 5;

/// One set of advisories. It never changes.
pub struct Generation {
    index: Index<Mapped>,
}

impl Generation {
    /// The generation's id: the SHA-256 of its content, in hexadecimal.
    pub fn id(&self) -> &str {
        &self.index.info().generation
    }

    /// The advisories.
    pub fn index(&self) -> &Index<Mapped> {
        &self.index
    }
}

/// The advisories in force in a data directory, whoever imports them: this process or another.
pub struct AdvisorySet {
    folder: Folder,
    seen: Mutex<Option<(Stamp, Arc<Generation>)>>,
}

/// What tells one version of the pointer from another.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamp {
    inode: u64,
    seconds: i64,
    nanoseconds: i64,
}

impl AdvisorySet {
    /// The advisories of a data directory. Nothing is read yet, and there may be none.
    pub fn open(data: &Path) -> Self {
        Self { folder: Folder::of(data), seen: Mutex::default() }
    }

    /// The generation in force; none where nothing was ever imported. Costs one look at the pointer's file while nothing
    /// has changed.
    pub fn current(&self) -> Result<Option<Arc<Generation>>, FeedError> {
        let pointer = self.folder.pointer();
        for attempt in 1.. {
            let stamp = match fs::metadata(&pointer) {
                Ok(metadata) => Stamp::of(&metadata),
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(FeedError::io(&pointer)(error)),
            };
            if let Some((_, generation)) = self.seen().as_ref().filter(|(seen, _)| *seen == stamp) {
                return Ok(Some(Arc::clone(generation)));
            }
            // The pointer may move on between the look and the reading; what is read is then newer than its stamp, and
            // the next call looks again.
            match self.folder.open_current() {
                Ok(Some(generation)) => {
                    let generation = Arc::new(generation);
                    *self.seen() = Some((stamp, Arc::clone(&generation)));
                    return Ok(Some(generation));
                }
                Ok(None) => return Ok(None),
                Err(error) if attempt < ATTEMPTS && error.is_not_found() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Option<(Stamp, Arc<Generation>)>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stamp {
    fn of(metadata: &fs::Metadata) -> Self {
        Self { inode: metadata.ino(), seconds: metadata.mtime(), nanoseconds: metadata.mtime_nsec() }
    }
}

impl FeedError {
    fn is_not_found(&self) -> bool {
        matches!(self, Self::Io { source, .. } if source.kind() == io::ErrorKind::NotFound)
    }
}

/// What the advisories in force say of themselves; none where nothing was ever imported.
pub fn info(data: &Path) -> Result<Option<IndexInfo>, FeedError> {
    let current = AdvisorySet::open(data).current()?;
    Ok(current.map(|generation| generation.index.info().clone()))
}

/// Writes an index to a file and checks it by its path.
type Fill<'f> = dyn FnMut(&mut File, &Path) -> Result<IndexInfo, FeedError> + 'f;

/// The folder of the generations.
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn of(data: &Path) -> Self {
        Self(data.join("advisories"))
    }

    fn pointer(&self) -> PathBuf {
        self.0.join("current")
    }

    /// Makes the folder and waits until no other import runs. The lock is held as long as the file is open.
    pub(super) fn lock(&self) -> Result<File, FeedError> {
        fs::create_dir_all(&self.0).map_err(FeedError::io(&self.0))?;
        let path = self.0.join("lock");
        let lock =
            File::options().create(true).truncate(false).write(true).open(&path).map_err(FeedError::io(&path))?;
        lock.lock().map_err(FeedError::io(&path))?;
        Ok(lock)
    }

    /// Opens the generation the pointer names; none where there is no pointer.
    pub(super) fn open_current(&self) -> Result<Option<Generation>, FeedError> {
        let Some(name) = self.current_name()? else { return Ok(None) };
        let path = self.0.join(name);
        let mapped = Mapped::open(&path).map_err(FeedError::io(&path))?;
        Ok(Some(Generation { index: Index::open(mapped)? }))
    }

    fn current_name(&self) -> Result<Option<String>, FeedError> {
        let pointer = self.pointer();
        let file = match File::open(&pointer) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(FeedError::io(&pointer)(error)),
        };
        let mut name = String::new();
        match file.take(200).read_to_string(&mut name) {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                return Err(FeedError::BadPointer { path: pointer });
            }
            Err(error) => return Err(FeedError::io(&pointer)(error)),
        }
        let name = name.trim_end();
        let is_name = name.strip_suffix(SUFFIX).is_some_and(|id| {
            let hexadecimal = id.bytes().all(|byte| byte.is_ascii_hexdigit());
            !id.is_empty() && hexadecimal
        });
        if is_name { Ok(Some(name.to_owned())) } else { Err(FeedError::BadPointer { path: pointer }) }
    }

    /// Stores an index and puts it in force. When this returns, a power cut does not take it back. Needs the lock.
    pub(super) fn put_in_force(&self, index: &[u8], id: &str) -> Result<(), FeedError> {
        let previous = self.current_name().ok().flatten();
        let name = format!("{id}{SUFFIX}");
        self.write(&name, index)?;
        self.write("current", format!("{name}\n").as_bytes())?;
        self.remove_others(&name, previous.as_deref());
        Ok(())
    }

    /// Puts an index in force that `fill` writes to the file it is given, and checks, and says of what generation it is. Needs
    /// the lock. Nothing changes if `fill` fails.
    pub(super) fn put_file_in_force(&self, fill: &mut Fill<'_>) -> Result<IndexInfo, FeedError> {
        let previous = self.current_name().ok().flatten();
        let incoming = self.0.join("incoming");
        let filled = new_file(&incoming).map_err(FeedError::io(&incoming)).and_then(|mut file| {
            let info = fill(&mut file, &incoming)?;
            let path = self.0.join(format!("{}{SUFFIX}", info.generation));
            let placed = file.sync_all().and_then(|()| fs::rename(&incoming, &path));
            placed.and_then(|()| File::open(&self.0)?.sync_all()).map_err(FeedError::io(&path))?;
            Ok(info)
        });
        let info = filled.inspect_err(|_| drop(fs::remove_file(&incoming)))?;
        let name = format!("{}{SUFFIX}", info.generation);
        self.write("current", format!("{name}\n").as_bytes())?;
        self.remove_others(&name, previous.as_deref());
        Ok(info)
    }

    /// Writes a file so that its name stands for the whole content or for what it stood for before.
    fn write(&self, name: &str, content: &[u8]) -> Result<(), FeedError> {
        let (incoming, path) = (self.0.join("incoming"), self.0.join(name));
        let write = || {
            let mut file = new_file(&incoming)?;
            file.write_all(content)?;
            file.sync_all()?;
            fs::rename(&incoming, &path)?;
            File::open(&self.0)?.sync_all()
        };
        write().map_err(|error| {
            drop(fs::remove_file(&incoming));
            FeedError::io(&path)(error)
        })
    }

    /// Removes every generation but these two. What cannot be removed now is removed by a later import.
    fn remove_others(&self, current: &str, previous: Option<&str>) {
        let Ok(entries) = fs::read_dir(&self.0) else { return };
        for entry in entries.filter_map(Result::ok) {
            let name = entry.file_name();
            let Some(name) = name.to_str().filter(|name| name.ends_with(SUFFIX)) else { continue };
            if name == current || Some(name) == previous {
                continue;
            }
            if let Err(error) = fs::remove_file(entry.path()) {
                tracing::warn!(path = %entry.path().display(), %error, "an old generation of advisories stays");
            }
        }
    }
}

/// A new file in place of what somebody may have mapped.
fn new_file(path: &Path) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    File::create_new(path)
}
