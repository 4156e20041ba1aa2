//! The directory of signing keys: one PEM file each, which only its owner can read.
//!
//! A key's age stands in its file name, a UUIDv7; a key that somebody else has put there, under whatever name that ends in
//! `.pem`, is as old as its file.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use chrono::{DateTime, Utc};
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use uuid::Uuid;

use super::keys::{Key, KeyRing, KeyState};

/// Makes the directory, and a first key in it, where there is none.
pub(super) fn prepare(directory: &Path) -> anyhow::Result<()> {
    make_private_directory(directory)
        .with_context(|| format!("the key directory {} cannot be made", directory.display()))?;
    if pem_files(directory)?.is_empty() {
        // One of several replicas that start at once makes the key; the others wait and read it.
        let _alone = lock(directory)?;
        if pem_files(directory)?.is_empty() {
            write_new_key(directory)?;
        }
    }
    Ok(())
}

/// What a directory holds.
pub(super) struct Found {
    /// The keys, oldest first; one at least.
    pub keys: Vec<Arc<Key>>,
    /// What is wrong with each file that is no usable key.
    pub faults: Vec<String>,
}

/// The keys of a directory, each file of which is one.
pub(super) fn read_whole(directory: &Path) -> anyhow::Result<Vec<Arc<Key>>> {
    let found = read(directory, &[])?;
    match found.faults.first() {
        Some(fault) => bail!("{fault}"),
        None => Ok(found.keys),
    }
}

/// Every key of the directory; those that are `known` are not read again. One bad file hides no other; what cannot be read at all
/// says nothing about what is there, and is an error.
pub(super) fn read(directory: &Path, known: &[Arc<Key>]) -> anyhow::Result<Found> {
    let (mut keys, mut faults) = (Vec::new(), Vec::new());
    for path in pem_files(directory)? {
        let written_at = fs::metadata(&path).and_then(|metadata| metadata.modified());
        let written_at = written_at.with_context(|| format!("{} cannot be looked at", path.display()))?;
        if let Some(key) = known
            .iter()
            .find(|key| key.path == path && key.written_at == written_at)
        {
            keys.push(Arc::clone(key));
            continue;
        }
        if !is_private(&path)? {
            let path = path.display();
            faults.push(format!(
                "{path} is open to others; make it its owner's alone (chmod 600)"
            ));
            continue;
        }
        let pem = fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?;
        let made_at = made_at(&path).unwrap_or_else(|| written_at.into());
        match Key::from_pem(&String::from_utf8_lossy(&pem), path.clone(), made_at, written_at) {
            Ok(key) => keys.push(Arc::new(key)),
            Err(error) => faults.push(format!("{} is not a usable key: {error:#}", path.display())),
        }
    }
    if keys.is_empty() {
        let faults: String = faults.iter().map(|fault| format!("; {fault}")).collect();
        bail!("the key directory {} holds no key{faults}", directory.display());
    }
    keys.sort_by(|one, other| (one.made_at, &one.path).cmp(&(other.made_at, &other.path)));
    Ok(Found { keys, faults })
}

/// Makes a new key, and deletes those that have ended; gives the keys as they are afterwards.
///
/// # Errors
/// The directory cannot be written.
pub fn rotate(directory: &Path, now: DateTime<Utc>) -> anyhow::Result<KeyRing> {
    prepare(directory)?;
    let _alone = lock(directory)?;
    let ring = KeyRing::open(directory)?;
    for (key, state) in ring.states(now) {
        if state == KeyState::Ended {
            delete(&key.path)?;
        }
    }
    write_new_key(directory)?;
    KeyRing::open(directory)
}

/// Removes a key: what it has signed is good no longer. Gives the keys that are left.
///
/// # Errors
/// There is no such key, or it is the last one.
pub fn remove(directory: &Path, kid: &str) -> anyhow::Result<KeyRing> {
    prepare(directory)?;
    let _alone = lock(directory)?;
    let keys = read_whole(directory)?;
    let Some(key) = keys.iter().find(|key| key.jwk.kid == kid) else {
        bail!("there is no key '{kid}'; `helhedsplan keys list` shows them all");
    };
    if keys.len() == 1 {
        bail!("it is the only key; `helhedsplan keys rotate` makes another first");
    }
    delete(&key.path)?;
    KeyRing::open(directory)
}

fn delete(path: &Path) -> anyhow::Result<()> {
    fs::remove_file(path).with_context(|| format!("{} cannot be deleted", path.display()))
}

/// Held while the directory is changed.
fn lock(directory: &Path) -> anyhow::Result<fs::File> {
    let lock = private_file(&directory.join(".lock"), false)?;
    lock.lock().context("the key directory cannot be locked")?;
    Ok(lock)
}

fn pem_files(directory: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    let entries =
        fs::read_dir(directory).with_context(|| format!("the key directory {} cannot be read", directory.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "pem") {
            paths.push(path);
        }
    }
    Ok(paths)
}

/// The time in a file's name, if it has one.
fn made_at(path: &Path) -> Option<DateTime<Utc>> {
    let (seconds, nanoseconds) = path
        .file_stem()?
        .to_str()?
        .parse::<Uuid>()
        .ok()?
        .get_timestamp()?
        .to_unix();
    DateTime::from_timestamp(seconds.try_into().ok()?, nanoseconds)
}

/// Writes a new key under a temporary name first, so that no replica ever reads half a key.
fn write_new_key(directory: &Path) -> anyhow::Result<()> {
    let mut seed = [0_u8; 32];
    getrandom::fill(&mut seed).map_err(|error| anyhow::anyhow!("no randomness for a new key: {error}"))?;
    let pem = SigningKey::from_bytes(&seed).to_pkcs8_pem(LineEnding::LF)?;
    let name = Uuid::now_v7();
    let temporary = directory.join(format!("{name}.tmp"));
    let mut file = private_file(&temporary, true)?;
    file.write_all(pem.as_bytes())?;
    file.sync_all()?;
    fs::rename(&temporary, directory.join(format!("{name}.pem")))?;
    Ok(())
}

/// A file that only its owner can read.
fn private_file(path: &Path, is_new: bool) -> anyhow::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).create_new(is_new).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(path)
        .with_context(|| format!("{} cannot be written", path.display()))
}

/// Whether a key is still a secret: nobody but its owner and its group can read it, and the group cannot write it. A group may read
/// it, as mounted secrets have it.
fn is_private(path: &Path) -> anyhow::Result<bool> {
    let metadata = fs::metadata(path).with_context(|| format!("{} cannot be looked at", path.display()))?;
    #[cfg(unix)]
    let is_private = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o027 == 0;
    #[cfg(not(unix))]
    let is_private = metadata.is_file();
    Ok(is_private)
}

/// Makes a folder, with those above it, that only its owner can enter; one that is there stays as it is.
pub fn make_private_directory(directory: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    fn mode(path: &Path) -> u32 {
        std::os::unix::fs::PermissionsExt::mode(&fs::metadata(path).unwrap().permissions()) & 0o777
    }

    fn kids(ring: &KeyRing) -> Vec<String> {
        ring.states(Utc::now()).map(|(key, _)| key.jwk.kid.clone()).collect()
    }

    #[cfg(unix)]
    #[test]
    fn a_key_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("keys");
        KeyRing::open(&path).unwrap();
        let file = pem_files(&path).unwrap().remove(0);
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        let error = KeyRing::open(&path).err().unwrap();
        assert!(format!("{error:#}").contains("chmod 600"));
    }

    #[test]
    fn replicas_that_start_at_once_agree_on_one_key() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("keys");
        let starts: Vec<_> = (0..8)
            .map(|_| {
                let path = path.clone();
                std::thread::spawn(move || kids(&KeyRing::open(&path).unwrap()))
            })
            .collect();
        let rings: Vec<_> = starts.into_iter().map(|start| start.join().unwrap()).collect();
        assert!(rings.iter().all(|ring| ring.len() == 1 && *ring == rings[0]));
    }

    #[cfg(unix)]
    #[test]
    fn keys_are_kept_and_are_their_owners_alone() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("keys");
        let first = kids(&KeyRing::open(&path).unwrap());
        let second = kids(&KeyRing::open(&path).unwrap());
        assert_eq!(first, second);
        rotate(&path, Utc::now()).unwrap();
        assert_eq!(mode(&path), 0o700);
        let files = pem_files(&path).unwrap();
        assert_eq!(files.len(), 2);
        for file in files.iter().chain([&path.join(".lock")]) {
            assert_eq!(mode(file), 0o600);
        }
    }

    #[test]
    fn a_rotation_keeps_the_key_before_it_and_deletes_what_has_ended() {
        let directory = tempfile::tempdir().unwrap();
        let ring = KeyRing::open(directory.path()).unwrap();
        assert!(ring.reread().unwrap().is_none());
        let now = Utc::now();
        let second = rotate(directory.path(), now).unwrap();
        assert_eq!(kids(&second).len(), 2);
        assert_eq!(kids(&second)[0], kids(&ring)[0]);
        assert_eq!(kids(&ring.reread().unwrap().unwrap()), kids(&second));
        let later = now + super::super::keys::LONGEST_TOKEN + chrono::TimeDelta::minutes(3);
        let third = rotate(directory.path(), later).unwrap();
        assert_eq!(kids(&third).len(), 2);
        assert_eq!(kids(&third)[0], kids(&second)[1]);
        assert!(remove(directory.path(), "nonsense").is_err());
        let last = remove(directory.path(), &kids(&third)[0]).unwrap();
        assert_eq!(kids(&last), kids(&third)[1..]);
        assert!(remove(directory.path(), &kids(&last)[0]).is_err());
    }

    #[test]
    fn a_key_of_another_name_is_as_old_as_its_file() {
        let directory = tempfile::tempdir().unwrap();
        KeyRing::open(directory.path()).unwrap();
        let file = pem_files(directory.path()).unwrap().remove(0);
        fs::rename(&file, directory.path().join("signing.pem")).unwrap();
        let ring = KeyRing::open(directory.path()).unwrap();
        let (key, state) = ring.states(Utc::now()).next().unwrap();
        assert_eq!(state, KeyState::Signs);
        assert!((Utc::now() - key.made_at).num_seconds().abs() < 3600);
    }
}
