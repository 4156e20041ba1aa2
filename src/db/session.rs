//! A connection of its own, for work that prepares in temporary tables what a short transaction then writes.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Generation, Write};

/// One connection, not shared. Temporary tables made on it last as long as it does and take no lock that others wait for.
#[derive(Debug)]
pub struct Session {
    connection: DatabaseConnection,
    generation: Generation,
    _permit: OwnedSemaphorePermit,
}

impl Session {
    pub(super) async fn open(
        mut single: ConnectOptions,
        sessions: Arc<Semaphore>,
        generation: Generation,
    ) -> Result<Self, DbErr> {
        let permit = sessions
            .acquire_owned()
            .await
            .map_err(|closed| DbErr::Custom(closed.to_string()))?;
        // A pool that replaced its connection would lose the temporary tables, so none is tried before it is used: one that is
        // broken fails where it is used.
        single
            .max_connections(1)
            .test_before_acquire(false)
            .idle_timeout(None::<Duration>)
            .max_lifetime(None::<Duration>);
        Ok(Self {
            connection: Database::connect(single).await?,
            generation,
            _permit: permit,
        })
    }

    /// The connection.
    pub fn connection(&self) -> &DatabaseConnection {
        &self.connection
    }

    /// A transaction on this connection.
    pub async fn begin(&self) -> Result<Write, DbErr> {
        Write::begin(&self.connection, self.generation.clone()).await
    }

    /// Closes the connection.
    pub async fn close(self) -> Result<(), DbErr> {
        self.connection.close().await
    }
}
