//! The embedded database is copied while the service runs, and what was copied comes back as it was.

use std::path::Path;

use crate::cli::{Service, helhedsplan, text};

/// A data folder, and the environment of commands on it.
fn environment(data: &Path) -> [(&str, &str); 1] {
    [("HELHEDSPLAN_DATA_DIR", data.to_str().unwrap())]
}

/// What the command says, if it ends well.
#[track_caller]
fn run(data: &Path, arguments: &[&str]) -> String {
    let output = helhedsplan(arguments, &environment(data));
    assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

/// What the command says, if it fails.
#[track_caller]
fn refused(data: &Path, arguments: &[&str]) -> String {
    let output = helhedsplan(arguments, &environment(data));
    assert!(!output.status.success(), "{arguments:?}: {}", text(&output.stdout));
    text(&output.stderr)
}

/// Registers a client and gives its line in the list.
fn register(data: &Path, name: &str) {
    let scope = "measurements:read";
    run(
        data,
        &["client", "add", "--name", name, "--role", "board", "--scope", scope],
    );
}

/// Starts a service on the folder that can be asked to stop: it answers.
async fn start(data: &Path) -> Service {
    let service = Service::start(data.to_str().unwrap());
    let answer = reqwest::get(format!("http://{}/livez", service.address)).await.unwrap();
    assert_eq!(answer.status(), 200);
    service
}

fn clients(data: &Path) -> String {
    run(data, &["client", "list"])
}

#[actix_web::test]
async fn a_backup_of_a_running_service_is_restored_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let file = folder.path().join("backup.db");
    let (file, path) = (file.to_str().unwrap(), file.as_path());
    let service = start(&data).await;
    register(&data, "There before");
    let said = run(&data, &["backup", file]);
    assert!(
        said.contains("holds no signing keys") && said.contains("data/keys"),
        "{said}"
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    let at_backup = clients(&data);
    register(&data, "Came after");
    // Nothing is written over, and nothing is put under a service that runs.
    let before = std::fs::read(path).unwrap();
    assert!(refused(&data, &["backup", file]).contains("cannot be made anew"));
    assert_eq!(std::fs::read(path).unwrap(), before);
    assert!(refused(&data, &["restore", file]).contains("a service is running"));
    assert!(clients(&data).contains("Came after"));
    service.stop();

    let said = run(&data, &["restore", file]);
    assert!(said.contains("as they were when the backup was made"), "{said}");
    assert_eq!(clients(&data), at_backup);
    assert!(at_backup.contains("There before") && !at_backup.contains("Came after"));
    // What was there is kept.
    let kept = said
        .lines()
        .find_map(|line| line.strip_prefix("What was there before is "));
    let url = format!("sqlite://{}?mode=rw", kept.unwrap());
    let output = helhedsplan(
        &["client", "list"],
        &[
            ("HELHEDSPLAN_DATA_DIR", data.to_str().unwrap()),
            ("HELHEDSPLAN_DATABASE_URL", &url),
        ],
    );
    assert!(text(&output.stdout).contains("Came after"), "{}", text(&output.stderr));
    let again = start(&data).await;
    let token = run(&data, &["token", "--role", "board"]);
    assert!(!token.is_empty());
    again.stop();
    // Another copy of the restored database holds the same.
    let other = folder.path().join("other.db");
    run(&data, &["backup", other.to_str().unwrap()]);
}

#[actix_web::test]
async fn a_damaged_backup_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let file = folder.path().join("backup.db");
    start(&data).await.stop();
    register(&data, "Stays");
    run(&data, &["backup", file.to_str().unwrap()]);
    let whole = std::fs::read(&file).unwrap();
    let database = data.join("helhedsplan.db");
    let expected = clients(&data);
    // One letter of a text that is in no index: the file is sound, its content is not what it says.
    let letter = find(&whole, b"Stays");
    let mut changed = whole.clone();
    changed[letter] = b'P';
    let mut torn = whole.clone();
    torn.truncate(whole.len() / 2);
    let mut scratched = whole.clone();
    scratched[whole.len() / 2..][..8192].fill(0x55);
    for (content, why) in [
        (changed, "clients"),
        (torn, "damaged"),
        (scratched, "damaged"),
        (Vec::new(), "not a backup"),
        (b"something else".to_vec(), "not a backup"),
    ] {
        std::fs::write(&file, content).unwrap();
        let said = refused(&data, &["restore", file.to_str().unwrap()]);
        assert!(said.contains(why), "{why} is not in: {said}");
        assert_eq!(clients(&data), expected);
        let parts = std::fs::read_dir(&data)
            .unwrap()
            .map(|entry| entry.unwrap().file_name());
        let left: Vec<_> = parts.filter(|name| name.to_str().unwrap().contains("restor")).collect();
        assert!(left.is_empty(), "{left:?}");
    }
    // A plain copy of a database does not say what it should hold.
    let said = refused(&data, &["restore", database.to_str().unwrap()]);
    assert!(said.contains("not a backup"), "{said}");
    assert!(refused(&data, &["restore", "nowhere.db"]).contains("cannot be read"));
    std::fs::write(&file, whole).unwrap();
    run(&data, &["restore", file.to_str().unwrap()]);
    assert_eq!(clients(&data), expected);
}

/// Where a text stands for the first time.
fn find(bytes: &[u8], text: &[u8]) -> usize {
    bytes.windows(text.len()).position(|window| window == text).unwrap()
}

#[test]
fn what_is_not_there_is_not_copied_and_postgresql_has_its_own_tools() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup.db");
    let said = refused(folder.path(), &["backup", file.to_str().unwrap()]);
    assert!(said.contains("there is no database"), "{said}");
    assert!(!file.exists() && !folder.path().join("helhedsplan.db").exists());
    for command in ["backup", "restore"] {
        let url = ("HELHEDSPLAN_DATABASE_URL", "postgres://nobody:geheim@127.0.0.1:1/none");
        let output = helhedsplan(&[command, file.to_str().unwrap()], &[url]);
        let said = text(&output.stderr);
        assert!(
            !output.status.success() && said.contains("pg_dump") && !said.contains("geheim"),
            "{said}"
        );
    }
}
