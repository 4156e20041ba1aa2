//! The service's own signing keys: Ed25519 (RFC 8037), one PEM file each, in the key directory.
//!
//! Every key in the directory verifies; the newest (by file name, which starts with the time of making) signs. Replicas
//! share one directory. Files are readable by their owner only.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, bail};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey, EncodePrivateKey};
use jsonwebtoken::{DecodingKey, EncodingKey};
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

/// The public half of a key, as RFC 7517 and RFC 8037 write it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Jwk {
    /// The key type, `OKP`.
    #[schema(example = "OKP")]
    pub kty: String,
    /// The curve, `Ed25519`.
    #[schema(example = "Ed25519")]
    pub crv: String,
    /// The public key, base64url.
    #[schema(example = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")]
    pub x: String,
    /// The key's id: its RFC 7638 thumbprint.
    #[schema(example = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")]
    pub kid: String,
    /// The algorithm, `EdDSA`.
    #[schema(example = "EdDSA")]
    pub alg: String,
    /// The use, `sig`.
    #[schema(example = "sig")]
    pub r#use: String,
}

/// The keys that external parties verify tokens with (RFC 7517, section 5).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct JwkSet {
    /// The keys.
    pub keys: Vec<Jwk>,
}

/// One key pair.
pub struct Key {
    /// The public half.
    pub jwk: Jwk,
    pub(super) verify: DecodingKey,
    pub(super) sign: EncodingKey,
}

impl Key {
    fn from_pem(pem: &str) -> anyhow::Result<Self> {
        let secret = SigningKey::from_pkcs8_pem(pem).context("not an Ed25519 private key in PKCS #8 PEM")?;
        let x = URL_SAFE_NO_PAD.encode(secret.verifying_key().as_bytes());
        // RFC 7638: the required members in lexical order.
        let thumbprint = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#);
        let kid = URL_SAFE_NO_PAD.encode(Sha256::digest(thumbprint.as_bytes()));
        Ok(Self {
            verify: DecodingKey::from_ed_components(&x).context("the public key cannot be used")?,
            sign: EncodingKey::from_ed_pem(pem.as_bytes()).context("the private key cannot be used")?,
            jwk: Jwk {
                kty: "OKP".into(),
                crv: "Ed25519".into(),
                x,
                kid,
                alg: "EdDSA".into(),
                r#use: "sig".into(),
            },
        })
    }
}

/// Every key of the directory, oldest first.
pub struct KeyRing {
    keys: Vec<Key>,
}

impl KeyRing {
    /// Reads the directory; makes it, and a first key, where there is none.
    pub fn open(directory: &Path) -> anyhow::Result<Self> {
        make_private_directory(directory)
            .with_context(|| format!("the key directory {} cannot be made", directory.display()))?;
        let mut paths = pem_files(directory)?;
        if paths.is_empty() {
            // One of several replicas that start at once makes the key; the others wait and read it.
            let lock = private_file(&directory.join(".lock"), false)?;
            lock.lock().context("the key directory cannot be locked")?;
            if pem_files(directory)?.is_empty() {
                write_new_key(directory)?;
            }
            paths = pem_files(directory)?;
        }
        let mut keys = Vec::with_capacity(paths.len());
        for path in &paths {
            check_private(path)?;
            let pem = fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
            keys.push(Key::from_pem(&pem).with_context(|| format!("{} is not a usable key", path.display()))?);
        }
        Ok(Self { keys })
    }

    /// The key that signs: the newest.
    pub fn signing_key(&self) -> anyhow::Result<&Key> {
        match self.keys.last() {
            Some(key) => Ok(key),
            None => bail!("the key directory holds no key"),
        }
    }

    /// The key of this id.
    pub fn find(&self, kid: &str) -> Option<&Key> {
        self.keys.iter().find(|key| key.jwk.kid == kid)
    }

    /// The public halves.
    pub fn jwks(&self) -> JwkSet {
        JwkSet {
            keys: self.keys.iter().map(|key| key.jwk.clone()).collect(),
        }
    }
}

fn pem_files(directory: &Path) -> anyhow::Result<Vec<std::path::PathBuf>> {
    let mut paths = Vec::new();
    let entries =
        fs::read_dir(directory).with_context(|| format!("the key directory {} cannot be read", directory.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "pem") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// Writes a new key under a temporary name first, so that no replica ever reads half a key.
fn write_new_key(directory: &Path) -> anyhow::Result<()> {
    let mut seed = [0_u8; 32];
    getrandom::fill(&mut seed).map_err(|error| anyhow::anyhow!("no randomness for a new key: {error}"))?;
    let pem = SigningKey::from_bytes(&seed).to_pkcs8_pem(LineEnding::LF)?;
    let name = uuid::Uuid::now_v7();
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

/// Refuses a key that everyone can read or a group can write: it is not a secret any more. A group may read it, as mounted
/// secrets have it.
fn check_private(path: &Path) -> anyhow::Result<()> {
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(path)?.permissions());
        if mode & 0o027 != 0 {
            bail!(
                "{} is open to others; make it its owner's alone (chmod 600)",
                path.display()
            );
        }
    }
    Ok(())
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

    #[test]
    fn a_thumbprint_is_the_one_of_rfc_8037() {
        // RFC 8037, appendix A.1 to A.3.
        let seed = URL_SAFE_NO_PAD
            .decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")
            .unwrap();
        let secret = SigningKey::from_bytes(&seed.try_into().unwrap());
        let key = Key::from_pem(&secret.to_pkcs8_pem(LineEnding::LF).unwrap()).unwrap();
        assert_eq!(key.jwk.x, "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        assert_eq!(key.jwk.kid, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
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
                std::thread::spawn(move || KeyRing::open(&path).unwrap().jwks().keys)
            })
            .collect();
        let rings: Vec<_> = starts.into_iter().map(|start| start.join().unwrap()).collect();
        assert!(rings.iter().all(|ring| ring.len() == 1 && *ring == rings[0]));
    }

    #[cfg(unix)]
    #[test]
    fn keys_are_kept_and_are_their_owners_alone() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("keys");
        let first = KeyRing::open(&path).unwrap().jwks().keys;
        let second = KeyRing::open(&path).unwrap().jwks().keys;
        assert_eq!(first, second);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
        for file in pem_files(&path).unwrap() {
            assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}
