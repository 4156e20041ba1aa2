//! The folder of checkpoints: how far each plan's log was, signed, outside the database.
//!
//! A file `CODE.jws` a plan, one compact JWS (RFC 7515) a line, that only grows; and `keys`, the public halves of the keys that
//! signed, one file each, so that checkpoints can be checked when the keys themselves are long gone. A key's file is named by its
//! RFC 7638 thumbprint, so that a signature's `kid` names one key and no other.
//!
//! The folder vouches for itself: its keys lie beside what they signed. So whoever can write the database and this folder can write a
//! log anew and put a key and checkpoints of their own here, and needs no key of the service. Who cannot be reached by these people
//! can tell: a running service by what it remembers, see [`crate::witness`]; a reader who knows the service's keys by
//! [`Folder::lines`] of these keys alone; and copies of the lines elsewhere, where they are only added to.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom, Take, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use chrono::{DateTime, Utc};
use jsonwebtoken::Algorithm;
use serde_json::Value;

use super::model::Checkpoint;
use crate::auth::issuer::Issuer;
use crate::auth::jwks::{PublicKey, TokenHeader};
use crate::auth::key_files::make_private_directory;
use crate::auth::keys::{Jwk, thumbprint};

/// The type of the signature: no access token is of it, and it is of no access token.
pub const TYPE: &str = "helhedsplan-audit-checkpoint+jwt";
/// More than the longest line.
const LONGEST_LINE: u64 = 4096;

/// A checkpoint, signed.
#[derive(Clone, Debug)]
pub struct Signed {
    /// What it says.
    pub checkpoint: Checkpoint,
    /// The compact JWS.
    pub jws: String,
    key: Jwk,
}

impl Signed {
    /// Signs a checkpoint with the key that signs now.
    ///
    /// # Errors
    /// There is no key.
    pub fn new(checkpoint: Checkpoint, auth: &Issuer, now: DateTime<Utc>) -> anyhow::Result<Self> {
        let (jws, key) = auth.signed(TYPE, &checkpoint, now)?;
        Ok(Self { checkpoint, jws, key })
    }
}

/// The folder.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// The folder at a path; it need not exist yet.
    pub fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The newest checkpoint of a plan; none where there is none yet.
    ///
    /// # Errors
    /// The folder cannot be read, or its last line for the plan is no good checkpoint.
    pub fn last(&self, plan: &str) -> anyhow::Result<Option<Checkpoint>> {
        let path = self.file_of(plan);
        let mut file = match File::open(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            file => file.with_context(|| format!("{} cannot be read", path.display()))?,
        };
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(2 * LONGEST_LINE)))?;
        let mut end = String::new();
        file.read_to_string(&mut end)
            .with_context(|| format!("{} cannot be read", path.display()))?;
        // What has no line break behind it was never written to its end.
        let whole = end.rsplit_once('\n').map_or("", |(whole, _)| whole);
        if whole.is_empty() {
            return Ok(None);
        }
        let line = whole.rsplit('\n').next().unwrap_or_default();
        let checkpoint = Keys::new(self).check(line, plan);
        match checkpoint {
            Some((checkpoint, _)) => Ok(Some(checkpoint)),
            None => bail!("the last line of {} is no good checkpoint", path.display()),
        }
    }

    /// Adds a checkpoint to those of its plan, unless another replica has added one as new meanwhile. It is on the disk when this
    /// comes back.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn add(&self, signed: &Signed) -> anyhow::Result<bool> {
        make_private_directory(&self.0.join("keys"))
            .with_context(|| format!("the folder of checkpoints {} cannot be made", self.0.display()))?;
        let lock = private(
            OpenOptions::new().write(true).create(true).truncate(false),
            &self.lock_file(),
        )?;
        lock.lock().context("the folder of checkpoints cannot be locked")?;
        let Checkpoint { plan, number, .. } = &signed.checkpoint;
        if self.last(plan)?.is_some_and(|last| last.number >= *number) {
            return Ok(false);
        }
        self.keep_key(&signed.key)?;
        let path = self.file_of(plan);
        let mut file = private(OpenOptions::new().read(true).append(true).create(true), &path)?;
        cut_torn_line(&mut file)?;
        let line = format!("{}\n", signed.jws);
        file.write_all(line.as_bytes())
            .and_then(|()| file.sync_all())
            .with_context(|| format!("{} cannot be written", path.display()))?;
        Ok(true)
    }

    /// The checkpoints of a plan as they are now, each checked; none where there is no file. Where `trusted` names keys by their
    /// thumbprints, only what they have signed is good; else what any key of the folder has.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn lines(&self, plan: &str, trusted: &[String]) -> anyhow::Result<Option<Lines>> {
        let path = self.file_of(plan);
        let file = match File::open(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            file => file.with_context(|| format!("{} cannot be read", path.display()))?,
        };
        // While nobody adds a line; a copy has no lock, and nobody adds to it.
        let lock = File::open(self.lock_file()).ok();
        if let Some(lock) = &lock {
            lock.lock_shared()
                .context("the folder of checkpoints cannot be locked")?;
        }
        let length = file.metadata()?.len();
        Ok(Some(Lines {
            plan: plan.to_owned(),
            keys: Keys::trusting(self, trusted),
            file: BufReader::new(file.take(length)),
            line: 0,
        }))
    }

    fn file_of(&self, plan: &str) -> PathBuf {
        self.0.join(format!("{plan}.jws"))
    }

    fn lock_file(&self) -> PathBuf {
        self.0.join(".lock")
    }

    fn key_file(&self, kid: &str) -> PathBuf {
        self.0.join("keys").join(format!("{kid}.json"))
    }

    /// Keeps a public key; one that is there stays.
    fn keep_key(&self, key: &Jwk) -> anyhow::Result<()> {
        let path = self.key_file(&key.kid);
        if path.exists() {
            return Ok(());
        }
        // Under another name first, so that there is never half a key.
        let temporary = path.with_extension("tmp");
        let mut file = private(OpenOptions::new().write(true).create(true).truncate(true), &temporary)?;
        file.write_all(&serde_json::to_vec(key)?)?;
        file.sync_all()?;
        fs::rename(&temporary, &path).with_context(|| format!("{} cannot be written", path.display()))
    }
}

/// A machine that stopped in the middle of a line has left half a one; it vouches for nothing.
fn cut_torn_line(file: &mut File) -> anyhow::Result<()> {
    let length = file.metadata()?.len();
    let start = length.saturating_sub(LONGEST_LINE);
    file.seek(SeekFrom::Start(start))?;
    let mut end = Vec::new();
    file.read_to_end(&mut end)?;
    if end.last().is_some_and(|last| *last != b'\n') {
        let kept = end.iter().rposition(|byte| *byte == b'\n').map_or(0, |place| place + 1);
        file.set_len(start + u64::try_from(kept)?)?;
    }
    Ok(())
}

/// Opens a file that only its owner can read.
fn private(options: &mut OpenOptions, path: &Path) -> anyhow::Result<File> {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
        .open(path)
        .with_context(|| format!("{} cannot be written", path.display()))
}

/// The checkpoints of a plan, line by line.
pub struct Lines {
    plan: String,
    keys: Keys,
    file: BufReader<Take<File>>,
    line: i64,
}

impl Lines {
    /// The next line by its number, with what it says and by which key where it is good; none at the end.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn read_next(&mut self) -> anyhow::Result<Option<(i64, Option<Vouched>)>> {
        let mut line = Vec::new();
        let read = (&mut self.file).take(LONGEST_LINE).read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(None);
        }
        self.line += 1;
        let text = std::str::from_utf8(&line).ok().and_then(|text| text.strip_suffix('\n'));
        let checkpoint = text.and_then(|text| self.keys.check(text, &self.plan));
        Ok(Some((self.line, checkpoint)))
    }
}

/// What a good line says, and the thumbprint of the key that has signed it.
pub type Vouched = (Checkpoint, String);

/// The public keys of the folder, as they are needed.
struct Keys {
    folder: Folder,
    /// By thumbprint; where it is empty, every key of the folder is believed.
    trusted: Vec<String>,
    known: HashMap<String, Option<PublicKey>>,
}

impl Keys {
    fn new(folder: &Folder) -> Self {
        Self::trusting(folder, &[])
    }

    fn trusting(folder: &Folder, trusted: &[String]) -> Self {
        Self {
            folder: folder.clone(),
            trusted: trusted.to_vec(),
            known: HashMap::new(),
        }
    }

    /// What a line says, if a key of the folder has signed it for this plan.
    fn check(&mut self, line: &str, plan: &str) -> Option<Vouched> {
        let header = TokenHeader::read(line)?;
        if header.typ.as_deref() != Some(TYPE) || header.alg != Algorithm::EdDSA {
            return None;
        }
        let kid = header.kid?;
        if !self.trusted.is_empty() && !self.trusted.contains(&kid) {
            return None;
        }
        let folder = &self.folder;
        let key = self
            .known
            .entry(kid.clone())
            .or_insert_with_key(|kid| read_key(folder, kid));
        let checkpoint: Checkpoint = key.as_ref()?.verify(line, Algorithm::EdDSA)?;
        (checkpoint.plan == plan).then_some((checkpoint, kid))
    }
}

/// The key of this thumbprint.
fn read_key(folder: &Folder, kid: &str) -> Option<PublicKey> {
    let is_name = kid
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    let jwk: Value = is_name
        .then(|| fs::read(folder.key_file(kid)).ok())
        .flatten()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())?;
    let x = jwk.get("x").and_then(Value::as_str)?;
    (thumbprint(x) == kid).then(|| PublicKey::read(&jwk).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::keys::KeyRing;

    fn checkpoint(number: i64) -> Checkpoint {
        Checkpoint {
            plan: "plan".to_owned(),
            number,
            hash: format!("{number:064}"),
            at: DateTime::from_timestamp(1_706_788_800, 0).unwrap(),
        }
    }

    struct Place {
        folder: Folder,
        auth: Issuer,
        _directory: tempfile::TempDir,
    }

    fn place() -> Place {
        let directory = tempfile::tempdir().unwrap();
        let keys = KeyRing::open(&directory.path().join("keys")).unwrap();
        Place {
            folder: Folder::new(directory.path().join("checkpoints")),
            auth: Issuer::new(keys, "http://localhost".into(), "helhedsplan".into()),
            _directory: directory,
        }
    }

    impl Place {
        fn add(&self, number: i64) -> bool {
            let signed = Signed::new(checkpoint(number), &self.auth, Utc::now()).unwrap();
            self.folder.add(&signed).unwrap()
        }

        fn all(&self) -> Vec<(i64, Option<i64>)> {
            let mut lines = self.folder.lines("plan", &[]).unwrap().unwrap();
            let mut all = Vec::new();
            while let Some((line, checkpoint)) = lines.read_next().unwrap() {
                all.push((line, checkpoint.map(|(checkpoint, _)| checkpoint.number)));
            }
            all
        }
    }

    #[test]
    fn checkpoints_are_added_read_back_and_their_owners_alone() {
        let place = place();
        assert!(place.folder.last("plan").unwrap().is_none() && place.folder.lines("plan", &[]).unwrap().is_none());
        assert!(place.add(3) && place.add(7));
        // As another replica would, which is late.
        assert!(!place.add(7) && !place.add(5));
        assert_eq!(place.all(), [(1, Some(3)), (2, Some(7))]);
        assert_eq!(place.folder.last("plan").unwrap(), Some(checkpoint(7)));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(place.folder.path()), 0o700);
            assert_eq!(mode(&place.folder.file_of("plan")), 0o600);
        }
    }

    #[test]
    fn half_a_line_is_none_and_gives_way_to_the_next() {
        let place = place();
        place.add(3);
        let path = place.folder.file_of("plan");
        let mut text = fs::read_to_string(&path).unwrap();
        text.push_str("eyJ0eXAi");
        fs::write(&path, &text).unwrap();
        assert_eq!(place.folder.last("plan").unwrap().map(|last| last.number), Some(3));
        assert_eq!(place.all(), [(1, Some(3)), (2, None)]);
        assert!(place.add(4));
        assert_eq!(place.all(), [(1, Some(3)), (2, Some(4))]);
    }

    #[test]
    fn a_line_that_is_not_signed_for_the_plan_is_no_checkpoint() {
        let place = place();
        place.add(3);
        let path = place.folder.file_of("plan");
        let good = fs::read_to_string(&path).unwrap();
        let other = Place {
            folder: place.folder.clone(),
            ..place_with_new_key()
        };
        // Signed with a key that is not in the folder.
        let foreign = Signed::new(checkpoint(4), &other.auth, Utc::now()).unwrap().jws;
        let mut another = checkpoint(4);
        another.plan = "another".to_owned();
        let another = Signed::new(another, &place.auth, Utc::now()).unwrap().jws;
        let typed = place.auth.signed("at+jwt", &checkpoint(4), Utc::now()).unwrap().0;
        for bad in [foreign, another, typed, "x".repeat(9000), String::new()] {
            fs::write(&path, format!("{good}{bad}\n")).unwrap();
            assert!(place.all().iter().skip(1).all(|(_, number)| number.is_none()), "{bad}");
            assert!(place.folder.last("plan").is_err(), "{bad}");
        }
    }

    fn place_with_new_key() -> Place {
        place()
    }
}
