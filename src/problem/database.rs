//! What a database error means for a client, where no call site has given it a meaning: by its code, never by its words,
//! which differ by version and locale.

use sea_orm::sqlx;
use sea_orm::{DbErr, RuntimeErr};

use super::{Problem, ProblemKind};

impl From<DbErr> for Problem {
    fn from(error: DbErr) -> Self {
        let kind = kind_of(&error);
        tracing::error!(%error, problem = kind.entry().code, "database error");
        match kind {
            ProblemKind::InsufficientStorage => {
                Self::new(kind, "The database is full.", "Databasen er fuld.").retry_after(60)
            }
            ProblemKind::Unavailable => Self::new(
                kind,
                "The database did not answer in time.",
                "Databasen svarede ikke i tide.",
            )
            .retry_after(5),
            _ => Self::internal(),
        }
    }
}

fn kind_of(error: &DbErr) -> ProblemKind {
    let cause = match error {
        DbErr::ConnectionAcquire(_) => return ProblemKind::Unavailable,
        DbErr::Conn(cause) | DbErr::Exec(cause) | DbErr::Query(cause) => cause,
        _ => return ProblemKind::Internal,
    };
    let RuntimeErr::SqlxError(cause) = cause else {
        return ProblemKind::Internal;
    };
    match cause.as_ref() {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => ProblemKind::Unavailable,
        sqlx::Error::Database(cause) => cause.code().map_or(ProblemKind::Internal, |code| kind_of_code(&code)),
        _ => ProblemKind::Internal,
    }
}

/// By PostgreSQL's five-character SQLSTATE, or by SQLite's number, whose last byte is the primary code.
fn kind_of_code(code: &str) -> ProblemKind {
    if code.len() == 5 {
        return match code {
            "53100" => ProblemKind::InsufficientStorage,
            // A file that cannot be read or written. A read-only transaction: a standby, or a database closed for writes. A
            // statement that was called off.
            "58030" | "25006" | "57014" => ProblemKind::Unavailable,
            // Serialization failure, deadlock, lock timeout, too many connections, shutting down, starting up.
            "40001" | "40P01" | "55P03" | "53300" | "57P01" | "57P02" | "57P03" => ProblemKind::Unavailable,
            // A temporary table is gone with its connection; all other tables are there, or the service would not be ready.
            "42P01" => ProblemKind::Unavailable,
            code if code.starts_with("08") => ProblemKind::Unavailable,
            _ => ProblemKind::Internal,
        };
    }
    match code.parse::<u32>().map(|code| code & 0xff) {
        // SQLITE_FULL
        Ok(13) => ProblemKind::InsufficientStorage,
        // SQLITE_BUSY, SQLITE_LOCKED; SQLITE_READONLY, SQLITE_IOERR, SQLITE_CANTOPEN: the disk is away, or has no room for the files
        // beside the database.
        Ok(5 | 6 | 8 | 10 | 14) => ProblemKind::Unavailable,
        _ => ProblemKind::Internal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_says_by_its_code_what_is_wrong() {
        for (code, kind) in [
            ("53100", ProblemKind::InsufficientStorage),
            ("13", ProblemKind::InsufficientStorage),
            ("40P01", ProblemKind::Unavailable),
            ("55P03", ProblemKind::Unavailable),
            ("57P03", ProblemKind::Unavailable),
            ("42P01", ProblemKind::Unavailable),
            ("08006", ProblemKind::Unavailable),
            ("5", ProblemKind::Unavailable),
            ("517", ProblemKind::Unavailable),
            ("58030", ProblemKind::Unavailable),
            ("25006", ProblemKind::Unavailable),
            ("57014", ProblemKind::Unavailable),
            ("8", ProblemKind::Unavailable),
            // SQLITE_IOERR_SHMSIZE: its shared memory does not fit on the disk.
            ("4874", ProblemKind::Unavailable),
            ("14", ProblemKind::Unavailable),
            ("23505", ProblemKind::Internal),
            ("1", ProblemKind::Internal),
            ("", ProblemKind::Internal),
        ] {
            assert_eq!(kind_of_code(code), kind, "{code}");
        }
    }
}
